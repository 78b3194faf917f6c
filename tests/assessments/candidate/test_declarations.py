"""AI assistants that are allowed if they are declared."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.actions import finish_attempt
from assessments.models import Attempt
from tests.assessments.conftest import words

USED = {"assistant": "used", "use": "An assistant for question 2, <b>to check</b>"}
NONE = {"assistant": "none", "use": ""}
BY_HTMX = {"HX-Request": "true"}


@pytest.fixture
def assistants():
    return "declared"


@pytest.fixture
def version(make_version, organisation, assistants):
    return make_version(organisation, assistants=assistants)


@pytest.mark.parametrize(("said", "kept"), [(USED, USED["use"]), (NONE, "")], ids=["used", "none"])
def test_a_declaration_comes_with_the_end(client, sit, attempt, said, kept):
    assert "Did you use an AI assistant?" in words(client.get(sit("review/")))

    assert client.post(sit("finish/"), said)["Location"] == sit("done/")

    attempt.refresh_from_db()
    assert attempt.assistant_use == kept
    assert attempt.declared_at is not None
    assert attempt.state == Attempt.State.FINISHED


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({}, "say whether you used"),
        ({"assistant": "perhaps"}, "not one of"),
        ({"assistant": "used", "use": " "}, "which one"),
    ],
)
def test_without_a_declaration_nothing_is_handed_in(client, sit, attempt, said, asked):
    response = client.post(sit("finish/"), said)

    assert response.status_code == 422
    assert asked in words(response)
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.IN_PROGRESS


def test_what_is_typed_is_kept_before_the_end(client, sit, attempt):
    response = client.post(sit("declare/"), USED, headers=BY_HTMX)

    assert "Saved at" in words(response)
    assert "An assistant for question 2, &lt;b&gt;" in client.get(sit("review/")).content.decode()
    client.post(sit("declare/"), NONE)
    attempt.refresh_from_db()
    assert (attempt.assistant_use, attempt.state) == ("", Attempt.State.IN_PROGRESS)


def test_half_a_declaration_says_what_is_missing(client, sit, attempt):
    response = client.post(sit("declare/"), {"assistant": "used"}, headers=BY_HTMX)

    assert "Not saved: Please say which one you used" in words(response)


def test_who_ran_out_of_time_has_a_day_to_declare_once(client, sit, attempt, past_deadline):
    past_deadline(attempt, 60)
    attempt = finish_attempt(attempt)
    assert "Did you use an AI assistant?" in words(client.get(sit("done/")))

    client.post(sit("declare/"), USED)
    client.post(sit("declare/"), NONE)

    attempt.refresh_from_db()
    assert attempt.assistant_use == USED["use"]
    assert "Did you use an AI assistant?" not in words(client.get(sit("done/")))


def test_after_a_day_a_declaration_is_late(client, sit, attempt):
    finish_attempt(attempt)
    Attempt.objects.update(finished_at=timezone.now() - timedelta(days=1, minutes=1))

    client.post(sit("declare/"), USED)

    attempt.refresh_from_db()
    assert attempt.declared_at is None


@pytest.mark.parametrize("assistants", ["forbidden", "allowed"])
def test_nothing_is_asked_where_nothing_is_to_be_declared(client, sit, attempt):
    assert "Did you use" not in words(client.get(sit("review/")))

    client.post(sit("declare/"), USED)
    assert client.post(sit("finish/"))["Location"] == sit("done/")

    attempt.refresh_from_db()
    assert attempt.declared_at is None


@pytest.mark.parametrize("assistants", ["declared"])
@pytest.mark.parametrize(
    ("said", "shown"),
    [(USED, "declared it on"), (NONE, "used no AI assistant"), (None, "declared nothing about AI")],
    ids=["used", "none", "nothing"],
)
def test_the_recruiter_reads_what_was_declared_and_agreed_to(
    client, sit, make_member, said, shown, past_deadline
):
    client.post(sit("start/"), {"consent": "on"})
    attempt = Attempt.objects.get()
    if said:
        client.post(sit("finish/"), said)
    else:
        finish_attempt(past_deadline(attempt, 60))
    client.force_login(make_member())

    page = client.get(attempt.get_absolute_url())

    assert shown in words(page)
    assert ("&lt;b&gt;to check" in page.content.decode()) == (said == USED)
    assert "AI assistants are allowed if you declare them." in words(page)
