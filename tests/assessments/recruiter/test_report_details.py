"""Parts of the report that only some attempts have: gradings, magnitudes, topics, agreements."""

import json
import re
from itertools import chain
from pathlib import Path

import pytest
import yaml
from django.utils import timezone

from assessments import actions
from assessments.curve_band import band
from assessments.models import Assessment, Regrade, Submission
from assessments.recruiter.report.ideas import IDEAS, in_code, in_quiz
from assessments.recruiter.report.magnitudes import magnitudes
from grader.catalogue import CATALOGUE
from questions.models import Topic
from tests.assessments.conftest import CHOICE
from tests.assessments.recruiter.conftest import PARTIAL, SOURCE
from tests.assessments.sectioned import begin, draft_of

BANK = Path(__file__).parents[3] / "questions" / "bank"


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def cell(name, function, dtype, state, digits=None, remedy=""):
    row = {"name": name, "function": function, "dtype": dtype, "state": state}
    return row | {"digits": digits, "remedy": remedy}


SWEPT = [
    cell("logits of 1e4", "loss", "float64", "overflow", remedy="Shift before `exp`."),
    cell("logits of 1e4", "loss", "float32", "overflow", remedy="Shift before `exp`."),
    cell("logits of 1e4", "grad", "float64", "right"),
    cell("near 0", "loss", "float64", "digits", digits=3.7),
    cell("near 0", "grad", "float64", "digits", digits=0.2),
]


def test_magnitudes_are_a_strip_for_each_function_and_width():
    found = magnitudes({"stability": SWEPT})

    assert [(strip.function, strip.dtype) for strip in found.strips] == [
        ("loss", "float64"),
        ("loss", "float32"),
        ("grad", "float64"),
    ]
    assert {name: [each.words for each in cells] for name, cells in found.rows} == {
        "logits of 1e4": ["overflow", "overflow", "right"],
        "near 0": ["3 digits right, the others lost", "not asked", "no digit is right"],
    }
    assert found.remedies == (("Shift before `exp`.", ("logits of 1e4",)),)


def test_the_report_shows_them_with_what_is_missing(recruiter, make_attempt):
    attempt = make_attempt(report=PARTIAL | {"stability": SWEPT})

    answer = recruiter.get(attempt.get_absolute_url())

    assert "At 4 of 5 places it did not hold." in text_of(answer)
    assert "Shift before <code>exp</code>." in answer.text
    assert "Seen at logits of 1e4." in text_of(answer)


def test_older_reports_without_a_sweep_have_no_such_section(recruiter, make_attempt):
    text = text_of(recruiter.get(make_attempt(report=PARTIAL).get_absolute_url()))

    assert "Very large and very small numbers" not in text


@pytest.fixture
def regraded(make_attempt, version):
    attempt = make_attempt(report=PARTIAL)
    regrade = Regrade.objects.create(
        organisation=attempt.organisation,
        assessment=Assessment.objects.get(pk=version.assessment_id),
        reason="A check was wrong.",
        state="committed",
    )
    families = {"values": {"passed": 2, "total": 4, "score": 0.5}}
    older = PARTIAL | {"grader": "0.9 numpy-1", "verdict": "failed"}
    attempt.submissions.get().past_gradings.create(
        regrade=regrade,
        graded_at=timezone.now(),
        verdict="failed",
        score=0.25,
        report=older | {"families": older["families"] | families},
    )
    return attempt


def test_earlier_gradings_are_told_with_what_changed_and_why(recruiter, regraded):
    text = text_of(recruiter.get(regraded.get_absolute_url()))

    assert "Gradings: 2" in text
    assert "grader 0.9 numpy-1 Failed 25 % the first grading" in text
    change = "verdict from failed to partial; values from 50 % to 100 %; another version"
    assert change in text
    assert "A check was wrong." in text
    assert "Code-huber, version 1, in First, version 1" in text


def test_code_that_was_graded_once_has_no_history_of_gradings(recruiter, make_attempt):
    assert "Gradings:" not in text_of(
        recruiter.get(make_attempt(report=PARTIAL).get_absolute_url())
    )


@pytest.fixture
def topics(choice, coding):
    for slug, title, questions in [
        ("regression", "Regression", [choice, coding]),
        ("likelihood", "Likelihoods", [choice]),
    ]:
        topic, _ = Topic.objects.get_or_create(slug=slug, defaults={"title": title})
        for version in questions:
            version.question.topics.add(topic)


def test_topics_and_families_are_told_in_two_sentences(topics, recruiter, make_attempt):
    attempt = make_attempt(report=PARTIAL, option="b")

    text = text_of(recruiter.get(attempt.get_absolute_url()))

    # A wrong choice of weight 1, and 0.769231 of weight 3.
    assert "Regression 57 % 2 questions" in text
    assert "0 % 1 question" in text
    assert "No topic stands out as a strength. Gaps in Likelihoods" in text


def test_sections_are_named_at_their_questions_and_told_as_bars(recruiter, organisation):
    attempt = begin(actions.publish_assessment(draft_of(organisation, {}, {"asks": 1}, minutes=9)))
    first, _, last = attempt.questions.order_by("position")
    actions.save_answer(attempt, first, {"option": "a"}, 0)
    actions.save_answer(attempt, last, {"option": "a"}, 0)
    actions.finish_attempt(attempt)

    text = text_of(recruiter.get(attempt.get_absolute_url()))

    assert "Part 1 · Question 2 of 3, single choice" in text
    assert "Part 1 50 % 2 questions 50 % 66.7 %" in text
    assert "Part 2 100 % 1 question 100 % 33.3 %" in text


def test_a_range_of_scores_is_told_with_the_pass_mark_in_it(recruiter, make_attempt):
    text = text_of(recruiter.get(make_attempt(report=PARTIAL).get_absolute_url()))

    assert "With other questions of the same kind the score would probably lie between" in text
    assert "this score alone does not settle on which side of it the candidate is" in text


def test_before_there_is_a_score_nothing_is_told_of_its_range(recruiter, make_attempt):
    assert "probably lie between" not in text_of(recruiter.get(make_attempt().get_absolute_url()))


def test_what_a_person_set_stands_beside_what_it_was_by_itself(
    recruiter, make_attempt, make_member
):
    attempt = make_attempt(report=PARTIAL)
    by = make_member("owner", email="o@acme.example")
    actions.override_score(attempt, None, 0.9, "The task was misprinted.", by=by)

    text = text_of(recruiter.get(attempt.get_absolute_url()))

    assert "A person set it; by itself it is 82.6 %, which weighs the" in text
    assert "the automatic score would probably lie" in text


def test_of_erased_code_the_report_says_that_it_was_erased(recruiter, make_attempt):
    attempt = make_attempt(report=PARTIAL)
    before = recruiter.get(attempt.get_absolute_url()).text
    actions.erase_candidate(attempt.candidate)

    after = recruiter.get(attempt.get_absolute_url()).text

    shown = 'aria-label="The candidate&#x27;s code"', 'aria-label="The candidate\'s code"'
    assert any(each in before for each in shown)
    assert not any(each in after for each in shown)
    assert "It was erased; what it earned stays." in after
    assert "82.6 %" in after


@pytest.fixture
def believed(monkeypatch):
    """Asked for before the question is made, for that never changes once it is published."""
    wrong = "The weighted sum is divided by the number of samples."
    monkeypatch.setitem(CHOICE["options"][1], "misconception", wrong)


SUM = PARTIAL | {"diagnosis": ["It adds up the errors where their mean is asked."]}


def test_quiz_and_code_agree_with_both_pieces_of_evidence(believed, recruiter, make_attempt):
    answer = recruiter.get(make_attempt(report=SUM, option="b").get_absolute_url())
    text = text_of(answer)

    assert "Quiz and code agree" in text
    assert "Sums and means" in text
    assert "Found by words: the sentences below are searched for 12 ideas" in text
    assert '<a href="#question-1">Question 1, Which-one</a>' in answer.text
    assert '<a href="#question-2">Question 2, code: Code-huber</a>' in answer.text


@pytest.mark.parametrize(
    ("option", "report"),
    [
        pytest.param("a", SUM, id="the quiz was right"),
        pytest.param("b", PARTIAL | {"diagnosis": []}, id="the code was right"),
        pytest.param("b", PARTIAL | {"diagnosis": ["It is slow."]}, id="something else is wrong"),
        pytest.param(
            "b",
            PARTIAL | {"diagnosis": ["It averages over nothing, where it must raise ValueError."]},
            id="what must be refused",
        ),
    ],
)
def test_without_both_nothing_agrees(believed, recruiter, make_attempt, option, report):
    answer = recruiter.get(make_attempt(report=report, option=option).get_absolute_url())

    assert "Quiz and code agree" not in text_of(answer)


def beliefs(node):
    """Every misconception that a file of the bank names."""
    if isinstance(node, list):
        yield from chain.from_iterable(map(beliefs, node))
    if isinstance(node, dict):
        if isinstance(node.get("misconception"), str):
            yield node["misconception"]
        yield from chain.from_iterable(map(beliefs, node.values()))


def test_every_idea_is_found_in_the_bank_and_in_the_catalogue():
    texts = [path.read_text() for path in sorted(BANK.glob("*.yaml"))]
    quiz = [
        each
        for text in texts
        if "misconception" in text
        for each in beliefs(yaml.load(text, yaml.CSafeLoader))
    ]
    code = [each.sentence for task in CATALOGUE.values() for each in task.misconceptions]

    said = {idea.slug for each in quiz for idea in in_quiz(each)}
    shown = {idea.slug for each in code for idea, _ in in_code([each])}
    assert said == shown == {idea.slug for idea in IDEAS}
    # Most misconceptions are about something else, and then nothing is made up.
    assert sum(any(in_quiz(each)) for each in quiz) < len(quiz) / 4


def test_the_band_lies_between_both_curves_within_the_picture():
    x, got, expected = [0.0, 1.0, 2.0, 3.0], [1.0, 5.0, None, 100.0], [2.0, 4.0, 1.0, 1.0]
    lower, between = band(x, got, expected, 0.0, 10.0)

    assert lower["data"] == [[0.0, 1.0], [1.0, 4.0], [2.0, None], [3.0, 1.0]]
    assert between["data"] == [[0.0, 1.0], [1.0, 1.0], [2.0, None], [3.0, 9.0]]
    assert json.dumps(between)


def test_no_two_landmarks_of_a_report_with_two_codes_have_one_name(recruiter, organisation):
    sections = {"asks": "code"}, {"asks": "code"}
    attempt = begin(actions.publish_assessment(draft_of(organisation, *sections, minutes=9)))
    for question in attempt.questions.all():
        sent = actions.submit_code(attempt, question, SOURCE, Submission.Purpose.SUBMIT)
        report = PARTIAL | {"stability": SWEPT}
        assert actions.store_report(str(sent.pk), sent.ticket, report)
    actions.finish_attempt(attempt)

    html = recruiter.get(attempt.get_absolute_url()).text

    heads = re.findall(r'<section[^>]* aria-labelledby="([^"]+)"', html)
    names = [re.search(rf'id="{head}"[^>]*>([^<]*)', html)[1] for head in heads]
    names += re.findall(r'role="region"[^>]* aria-label="([^"]+)"', html)
    assert len(names) > 5
    assert sorted(names) == sorted(set(names))
