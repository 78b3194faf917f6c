"""Results for other systems, and that each organisation reaches its own only."""

from uuid import uuid4

import pytest

from assessments import actions
from assessments.models import AuditEntry, Submission

pytestmark = pytest.mark.django_db

URL = "/api/v1/attempts/"
SOURCE = "x = 1"


def make_attempt(version, name):
    return actions.start_attempt(actions.invite(version, name, f"{name}@example.com"))


def test_an_attempt_shows_candidate_score_and_the_page_of_its_report(
    api, attempt, choice_question, coding_question
):
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    code = actions.submit_code(attempt, coding_question, SOURCE, Submission.Purpose.SUBMIT)
    actions.finish_attempt(attempt)

    found = api.get(f"{URL}{attempt.pk}/").json()

    assert found["candidate"]["email"] == "ada@example.com"
    assert (found["state"], found["score"], found["passed"]) == ("finished", None, None)
    assert found["report_url"].startswith("http://testserver/desk/")
    assert str(attempt.pk) in found["report_url"]
    choice, coding = found["questions"]
    assert (choice["question"], choice["number"], choice["score"]) == ("which-one", 1, 1.0)
    assert (coding["answered"], coding["score"], coding["submissions"]) == (
        True, None, [str(code.pk)]
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_four_queries_however_long_it_is(
    api, version, count, django_assert_num_queries
):
    for index in range(count):
        make_attempt(version, f"c{index}")
    api.get(URL)  # notes that the token was used, and that it looked

    with django_assert_num_queries(4):  # token, its minute, its last look, attempts
        response = api.get(URL)

    assert len(response.json()["results"]) == count


def test_looks_of_other_systems_are_in_the_log(api, attempt):
    api.get(URL)
    api.get(f"{URL}{attempt.pk}/")
    api.get(f"{URL}{uuid4()}/")

    looks = AuditEntry.objects.looks().order_by("pk").values_list("actor", "verb", "target_id")
    assert list(looks) == [
        ("test", "organisation.seen", str(attempt.organisation_id)),
        ("test", "attempt.seen", str(attempt.pk)),
    ]


def test_the_answer_key_and_the_seed_are_in_no_answer(api, attempt):
    text = api.get(f"{URL}{attempt.pk}/").content.decode() + api.get(URL).content.decode()

    assert str(attempt.seed) not in text
    assert "official_answer" not in text
    assert attempt.invitation.token not in text
