import re

import pytest

from assessments import actions
from assessments.models import AuditEntry, SimilarPair
from assessments.recruiter.similar.marking import Stretch, marked_lines
from tests.assessments.conftest import make_report, words
from tests.assessments.similarity.disguises import DISGUISES
from tests.assessments.similarity.test_fingerprinting import OTHER, OWN


@pytest.fixture
def pair(make_attempt):
    """Ben's code is Ada's, renamed and laid out anew."""
    for name, source in (("Ada", OWN), ("Ben", DISGUISES["renamed"](OWN))):
        make_attempt(name, make_report(), source=source)
    actions.find_missed()
    return SimilarPair.objects.get()


def address(pair):
    return f"/desk/similar/{pair.pk}/"


def test_the_list_shows_what_is_to_be_looked_at(recruiter, pair):
    said = words(recruiter.get("/desk/similar/"))

    assert re.search(r"Ada.*Ben", said)
    assert f"{pair.shared} tokens" in said
    assert "To be looked at" in said


def test_the_list_is_empty_with_a_word_about_what_would_be_there(recruiter):
    assert "No such pair" in words(recruiter.get("/desk/similar/"))


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", 0), ("?state=all", 1), ("?state=copied", 1), ("?state=unrelated", 0), ("?state=x", 0)],
)
def test_the_list_is_filtered_by_state(recruiter, pair, make_member, query, shown):
    actions.resolve_pair(pair, "copied", "Same names.", by=make_member(email="o@acme.example"))

    page = recruiter.get(f"/desk/similar/{query}")

    assert len(page.context["page"]) == shown


def test_the_list_is_filtered_by_assessment(recruiter, pair, make_version, organisation):
    other = make_version(organisation, slug="another").assessment
    own = pair.first.attempt.version.assessment

    found = [
        len(recruiter.get(f"/desk/similar/?assessment={each.pk}").context["page"])
        for each in (own, other)
    ]

    assert found == [1, 0]


@pytest.mark.parametrize("count", [2, 4])
def test_the_list_takes_as_many_queries_for_any_number_of_pairs(
    recruiter, make_attempt, count, django_assert_max_num_queries
):
    for number in range(count):
        make_attempt(f"No {number}", make_report(), source=OWN)
    actions.find_missed()

    with django_assert_max_num_queries(9):
        page = recruiter.get("/desk/similar/")

    assert len(page.context["page"]) == count * (count - 1) / 2


def test_both_codes_stand_side_by_side_with_what_they_share_marked(recruiter, pair):
    page = recruiter.get(address(pair))
    html = page.content.decode()

    shown = page.context["shown"]
    assert [side.submission for side in shown.sides] == [pair.first, pair.second]
    assert html.count('<mark class="m-shared"') > 20
    for part in shown.parts:
        assert f'id="first-{part.number}" href="#second-{part.number}"' in html
        assert f'id="second-{part.number}" href="#first-{part.number}"' in html
    assert f"{shown.shared} of the {shown.length} tokens" in words(page)
    assert shown.similarity == pytest.approx(pair.similarity)
    assert "Ada handed in first" in words(page)


def test_what_is_only_in_one_is_not_marked(recruiter, make_attempt):
    tail = OTHER[OTHER.index("def grad") :].replace("def grad", "def helper")
    for name, source in (("Ada", OWN), ("Ben", f"{OWN}\n\n{tail}")):
        make_attempt(name, make_report(), source=source)
    actions.find_missed()

    page = recruiter.get(address(SimilarPair.objects.get()))

    lines = page.context["shown"].sides[1].lines
    marked = [line.number for line in lines if "<mark" in line.html]
    own_end = len(OWN.splitlines())
    assert max(marked) <= own_end
    assert len(marked) >= 12


def test_a_person_says_what_it_means_and_why(recruiter, pair, make_member):
    empty = recruiter.post(address(pair), {"state": "copied", "note": " "})
    response = recruiter.post(address(pair), {"state": "copied", "note": "The same typing errors."})

    pair.refresh_from_db()
    assert empty.status_code == 422
    assert response.status_code == 302
    assert (pair.state, pair.note) == ("copied", "The same typing errors.")
    assert pair.resolved_by.email == "r@acme.example"
    said = words(recruiter.get(address(pair)))
    assert "One was made from the other, says r@acme.example" in said
    assert "The same typing errors." in said
    entry = AuditEntry.objects.changes().get(verb="pair.resolved")
    assert entry.detail == {"state": "copied"}


def test_a_pair_is_looked_at_again(recruiter, pair, make_member):
    actions.resolve_pair(pair, "copied", "Same names.", by=make_member(email="o@acme.example"))

    recruiter.post(f"{address(pair)}reopen/")

    pair.refresh_from_db()
    assert (pair.state, pair.resolved_by) == ("open", None)
    assert "What was noted then: Same names." in words(recruiter.get(address(pair)))
    assert AuditEntry.objects.filter(verb="pair.reopened").count() == 1


def test_no_score_depends_on_what_somebody_says_of_a_pair(pair, make_member):
    before = [(each.attempt.score, each.score) for each in (pair.first, pair.second)]

    actions.resolve_pair(pair, "copied", "Same names.", by=make_member())

    pair = SimilarPair.objects.get()
    assert [(each.attempt.score, each.score) for each in (pair.first, pair.second)] == before


def test_the_report_says_quietly_how_many_pairs_are_open(recruiter, pair):
    report = pair.first.attempt.get_absolute_url()

    open_one = words(recruiter.get(report))
    SimilarPair.objects.update(state="unrelated")
    resolved = words(recruiter.get(report))

    assert "1 pair to be looked at" in open_one
    assert "was looked at." in resolved
    assert "alike by nature" in resolved


def test_a_report_without_pairs_says_nothing_of_them(recruiter, make_attempt):
    attempt = make_attempt("Ada", make_report())

    assert "looks like another" not in words(recruiter.get(attempt.get_absolute_url()))


def test_reviewers_see_no_names(sign_in, pair):
    reviewer = sign_in("reviewer", email="v@acme.example")

    for page in ("/desk/similar/", address(pair)):
        html = reviewer.get(page).content.decode()
        assert "Ada" not in html
        assert "Candidate " in html


def test_whoever_looks_is_in_the_log_of_personal_data(recruiter, pair):
    recruiter.get(address(pair))

    seen = AuditEntry.objects.looks().values_list("target_id", flat=True)
    assert set(seen) == {str(pair.first.attempt_id), str(pair.second.attempt_id)}


def test_where_one_was_erased_the_finding_stays_without_code(recruiter, pair, make_member):
    actions.resolve_pair(pair, "copied", "Ada says so.", by=make_member(email="o@acme.example"))
    actions.erase_candidate(pair.first.attempt.candidate)

    said = words(recruiter.get(address(pair)))

    assert "The code of one of both was erased." in said
    assert "Ada" not in said


def test_marks_follow_the_characters_and_hostile_text_stays_text():
    source = 'x = "<b>\u202e"\r\ny = 1\n'

    lines = marked_lines(source, [Stretch(1, 4, len(source) - 1)])

    assert len(lines) == 2
    assert lines[0].begins == (1,)
    assert "<b>" not in lines[0].html
    assert "U+202E" in lines[0].html
    assert lines[1].html.startswith('<mark class="m-shared" data-part="1"><span class="n">y')
