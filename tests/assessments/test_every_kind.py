"""Each kind of question from the candidate's page to the recruiter's report."""

import pytest
from django.test import Client

from assessments import actions
from assessments.models import Answer, Assessment, AssessmentQuestion, AssessmentVersion
from tests.assessments.candidate.test_german import assert_german
from tests.assessments.conftest import CHOICE, make_question
from tests.questions.test_answers import GOOD, NUMBER

pytestmark = pytest.mark.django_db

# What is right and wrong, as the page's script saves it and as a form without scripts posts it.
ANSWERS = {
    "single_choice": ({"option": "a"}, {"option": "b"}),
    "plot_reading": ({"option": "a"}, {"option": "c"}),
    "multiple_choice": ({"options": ["a", "b"]}, {"options": ["c"]}),
    "true_false": ({"choice": "false"}, {"choice": "true"}),
    "short_text": ({"text": "Log loss"}, {"text": "hinge <b>"}),
    "ordering": ({"order": ["a", "b", "c", "d"]}, {"order": ["d", "c", "b", "a"]}),
    "numeric": ({"number": "0.5 + nothing"}, {"number": "5 nats"}),
    "open_text": ({"text": "Since <i>it</i> is."}, {"text": " "}),
}
KINDS = [*ANSWERS, "matching"]
CONTENT = {**GOOD, "single_choice": CHOICE}


def posted(content):
    fields = {}
    for name, value in content.items():
        pairs = isinstance(value, dict)
        fields |= {f"{name}.{key}": each for key, each in value.items()} if pairs else {name: value}
    return fields


@pytest.fixture
def version(organisation, kind):
    return published(organisation, kind)


def published(organisation, kind, slug="one", **fields):
    assessment = Assessment.objects.create(organisation=organisation, slug=slug)
    found = AssessmentVersion.objects.create(
        assessment=assessment,
        number=1,
        minutes=30,
        pass_mark=0.5,
        **{"title": "One of a kind"} | fields,
    )
    question = make_question(f"only-{slug}", kind, {**CONTENT[kind], "context": "It."})
    AssessmentQuestion.objects.create(version=found, question_version=question, position=1)
    return actions.publish_assessment(found)


@pytest.fixture
def sitting(version):
    invitation = actions.invite(version, "Ada", "ada@example.com")
    attempt = actions.start_attempt(invitation, consented=True)
    return attempt, invitation.get_absolute_url()


def answers(kind, attempt):
    if kind != "matching":
        return ANSWERS[kind]
    version = attempt.version.questions.get().question_version
    seed = attempt.seed_for(attempt.version.questions.get())
    shown = version.rules.context(version.content, seed)
    partner = {"MSE": "mean", "MAE": "median", "0-1": "mode"}
    letters = {text: letter for letter, text in shown["right"].items()}
    right = {number: letters[partner[left]] for number, left in shown["left"].items()}
    return {"pairs": right}, {"pairs": dict.fromkeys(right, letters["variance"])}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_saves_and_shows_an_answer_and_the_report_tells_of_it(
    kind, sitting, client, make_member
):
    attempt, url = sitting
    right, wrong = answers(kind, attempt)
    assert client.get(f"{url}questions/1/").status_code == 200

    saved = client.put(
        f"{url}questions/1/draft/", {"content": wrong, "revision": 0}, "application/json"
    )
    assert saved.status_code == 200, saved.text
    # Without scripts, in a form.
    form = {**posted(right), "revision": 1}
    assert client.post(f"{url}questions/1/", form).status_code == 302
    assert Answer.objects.get().content == right
    for page in ("questions/1/", "review/"):
        assert client.get(url + page).status_code == 200

    actions.finish_attempt(attempt)
    done = client.get(f"{url}done/").text
    assert "Not answered" not in done
    assert "<i>it</i>" not in done
    desk = Client()
    desk.force_login(make_member())
    report = desk.get(attempt.get_absolute_url())
    assert report.status_code == 200
    assert "<i>it</i>" not in report.text
    attempt.refresh_from_db()
    expected = {"open_text": None, "numeric": 0.0}
    assert attempt.score == expected.get(kind, 1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_entered_is_no_answer(kind, sitting, client, make_member):
    attempt, url = sitting

    client.post(f"{url}questions/1/", {"revision": 0})
    actions.finish_attempt(attempt)

    assert "Not answered" in client.get(f"{url}done/").text
    attempt.refresh_from_db()
    assert attempt.score == 0.0


@pytest.mark.parametrize("kind", ["ordering"])
def test_without_scripts_a_button_moves_an_item(kind, sitting, client):
    _, url = sitting
    form = {"order": ["b", "a", "c", "d"], "move": "a:up", "revision": 0}

    response = client.post(f"{url}questions/1/", form)

    assert response["Location"] == f"{url}questions/1/"
    assert Answer.objects.get().content == {"order": ["a", "b", "c", "d"]}


@pytest.mark.parametrize("kind", ["numeric"])
def test_two_candidates_get_numbers_of_their_own_and_keep_them(kind, version, client):
    seen, values = set(), NUMBER["parameters"]["p"]["values"]
    # Seeds are random: that so many draws leave one out happens once in 10^10 runs.
    for number in range(60):
        invitation = actions.invite(version, "Ada", f"ada{number}@example.com")
        actions.start_attempt(invitation, consented=True)
        url = f"{invitation.get_absolute_url()}questions/1/"
        pages = [client.get(url).context["prompt"] for _ in range(2)]
        assert pages[0] == pages[1]
        seen.add(pages[0])
        if len(seen) == len(values):
            break

    assert len(seen) == len(values)


@pytest.mark.parametrize("answered", [True, False], ids=["wrong", "nothing"])
@pytest.mark.parametrize("kind", KINDS)
def test_in_german_nothing_around_a_question_stays_english(kind, answered, organisation):
    version = published(organisation, kind, slug="german", title="Eins", feedback="full")
    invitation = actions.invite(version, "Ada", "ada@example.com", language="de")
    attempt, url = actions.start_attempt(invitation), invitation.get_absolute_url()
    client, [question] = Client(), version.questions.all()

    assert_german(client.get(f"{url}questions/1/"))
    if answered:
        actions.save_answer(attempt, question, answers(kind, attempt)[1], 0)
    actions.finish_attempt(attempt)
    assert_german(client.get(f"{url}done/"))
