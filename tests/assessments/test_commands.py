"""The commands and addresses that operators use."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from assessments import actions, health, tasks
from assessments.models import ApiToken, Attempt, Invitation, Organisation, User


@pytest.fixture
def demo(db, settings, tmp_path):
    """Runs make_demo with the shipped bank loaded."""
    settings.VAR_DIR = tmp_path
    call_command("bank", "load", stdout=StringIO())

    def run():
        out = StringIO()
        call_command("make_demo", stdout=out)
        return out.getvalue()

    return run


def test_the_demo_prints_the_way_to_every_door(demo, client, settings):
    text = demo()
    kept = json.loads((settings.VAR_DIR / "demo.json").read_text())

    invitation = Invitation.objects.get()
    assert invitation.link in text
    assert kept["password"] in text
    assert kept["token"] in text
    assert User.objects.get().check_password(kept["password"])
    assert client.get(
        "/api/v1/tasks/", headers={"Authorization": f"Bearer {kept['token']}"}
    ).status_code == 200  # fmt: skip
    assert actions.start_attempt(invitation).version.questions.count() == 2


def test_a_second_demo_changes_nothing_and_repeats_no_secret(demo, settings):
    first = demo()
    kept = json.loads((settings.VAR_DIR / "demo.json").read_text())

    second = demo()

    assert kept["password"] not in second
    assert kept["token"] not in second
    assert str(settings.VAR_DIR / "demo.json") in second
    assert Invitation.objects.get().link in first
    assert Invitation.objects.get().link in second
    assert (Organisation.objects.count(), ApiToken.objects.count()) == (1, 1)


def test_where_the_secrets_are_gone_the_demo_says_how_to_get_others(demo, settings):
    demo()
    (settings.VAR_DIR / "demo.json").unlink()

    second = demo()

    assert "demo.json" not in second
    assert f"changepassword {User.objects.get().email}" in second


def test_a_demo_whose_secrets_can_not_be_kept_is_not_made(demo, settings):
    settings.VAR_DIR = settings.VAR_DIR / "missing"

    with pytest.raises(CommandError, match="Nothing was made"):
        demo()

    assert not Organisation.objects.exists()


def test_the_demo_keeps_its_secrets_from_others(demo, settings):
    demo()

    assert (settings.VAR_DIR / "demo.json").stat().st_mode & 0o077 == 0


def test_after_a_finished_sitting_the_demo_invites_again(demo):
    demo()
    actions.finish_attempt(actions.start_attempt(Invitation.objects.get()))

    demo()

    assert Invitation.objects.filter(state="sent").count() == 1
    assert Attempt.objects.count() == 1


@pytest.mark.django_db
def test_a_demo_needs_the_bank():
    with pytest.raises(CommandError, match="bank load"):
        call_command("make_demo")
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_healthz_is_open_and_says_that_all_is_well(client, broker):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"database": True, "broker": True}


@pytest.mark.django_db
def test_healthz_says_what_is_not_reachable(client, monkeypatch, tmp_path):
    def fail(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(health.connection, "cursor", fail)
    monkeypatch.setattr(health, "_broker_answers", lambda: False)

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {"database": False, "broker": False}


@pytest.mark.django_db
def test_the_sweep_forgets_old_answers_to_repeated_requests(api):
    body = {"task": "huber", "source": "x = 1"}
    token = ApiToken.objects.get()
    for key in ("old", "new"):
        api.post("/api/v1/submissions/", body, headers={"Idempotency-Key": key})
    old = token.remembered_answers.get(key="old")
    old.created_at -= old.KEPT
    old.save()

    tasks.sweep()

    assert [answer.key for answer in token.remembered_answers.all()] == ["new"]


@pytest.mark.parametrize(
    ("role", "sees"),
    [("owner", True), ("recruiter", True), ("reviewer", True), ("author", False)],
)
def test_a_role_sees_candidates_or_not(make_member, attempt, role, sees):
    assert Attempt.objects.visible_to(make_member(role)).exists() is sees


def test_a_member_of_another_organisation_sees_nothing(make_member, stranger, attempt):
    member = make_member("owner", stranger, "o@other.example")

    assert not Attempt.objects.visible_to(member).exists()
    assert not Invitation.objects.visible_to(member).exists()


def test_a_member_twice_over_sees_each_row_once(make_member, stranger, attempt):
    member = make_member("owner")
    member.memberships.create(organisation=stranger, role="owner")

    assert Attempt.objects.visible_to(member).count() == 1


@pytest.mark.parametrize("url", ["/desk/", "/accounts/2fa/"])
@pytest.mark.django_db
def test_pages_ask_for_a_login(client, url):
    response = client.get(url)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_nobody_signs_up(client):
    client.post("/accounts/signup/", {"email": "x@example.com", "password1": "a long password"})

    assert not User.objects.exists()
