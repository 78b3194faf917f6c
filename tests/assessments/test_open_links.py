"""Open links: who follows one is invited by e-mail, as many as its cap allows and no more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.candidate import join_views
from assessments.models import AuditEntry, Candidate, Email, Invitation, OpenLink
from tests.assessments.conftest import words

DAY = timedelta(days=1)
PERSON = {"name": "Ada Lovelace", "email": "Ada@Example.com"}


@pytest.fixture
def make_link(version):
    def make(cap=3, **fields):
        terms = {"name": "Careers", "expires_at": timezone.now() + 30 * DAY, "days": 7}
        return actions.create_link(version.assessment, cap=cap, by=None, **terms | fields)

    return make


@pytest.fixture
def link(make_link):
    return make_link()


def address(link, name="join"):
    return reverse(f"joining:{name}", args=[link.token])


def ask(link, client=None, **fields):
    return (client or Client()).post(address(link), PERSON | fields, follow=True)


def test_who_asks_gets_an_invitation_at_their_address(link):
    page = ask(link)

    invitation = Invitation.objects.get()
    assert page.redirect_chain == [(address(link, "joined"), 302)]
    assert invitation.token not in page.text
    [email] = Email.objects.all()
    assert (email.to, email.kind) == ("ada@example.com", "invitation")
    assert invitation.link in email.text
    assert (invitation.open_link, invitation.candidate.name) == (link, "Ada Lovelace")
    assert 6 * DAY < invitation.expires_at - timezone.now() <= 7 * DAY
    assert OpenLink.objects.get().used == 1


@pytest.mark.parametrize("known", ["nobody", "invited", "sitting", "somewhere else"])
def test_the_page_says_the_same_whoever_asks(link, known, version, make_version, stranger):
    if known in ("invited", "sitting"):
        invitation = actions.invite(version, "Ada", "ada@example.com")
        if known == "sitting":
            actions.start_attempt(invitation)
    if known == "somewhere else":
        actions.invite(make_version(stranger), "Ada", "ada@example.com")

    page = ask(link)

    assert page.redirect_chain == [(address(link, "joined"), 302)]
    assert words(page) == words(ask(link, email="new@example.com"))


def test_who_is_invited_already_gets_that_link_again_and_counts_for_nothing(link, invitation):
    for _ in range(2):
        ask(link)

    assert Invitation.objects.get() == invitation
    assert [email.kind for email in Email.objects.all()] == ["invitation"]
    assert OpenLink.objects.get().used == 0


def test_who_has_started_gets_the_way_back_and_no_second_attempt(link, attempt):
    ask(link)

    assert Invitation.objects.get() == attempt.invitation
    [email] = Email.objects.all()
    assert email.kind == "known"
    assert attempt.invitation.link in email.text
    assert "still goes on" in email.text


def test_a_name_that_is_known_is_not_changed_by_who_only_types_an_address(link, version):
    actions.revoke_invitation(actions.invite(version, "Ada", "ada@example.com"))

    ask(link, name="Rude word")

    assert Candidate.objects.get().name == "Ada"


def test_the_cap_holds_and_the_page_says_so_kindly(make_link):
    link = make_link(cap=1)
    ask(link)

    page = ask(link, email="bo@example.com")

    assert page.status_code == 410
    assert "All places are taken" in page.text
    assert Invitation.objects.count() == OpenLink.objects.get().used == 1


@pytest.mark.parametrize(
    "close",
    [
        lambda link: actions.close_link(link, by=None),
        lambda link: OpenLink.objects.update(expires_at=timezone.now() - DAY),
        lambda link: type(link.assessment).objects.update(closes_at=timezone.now() - DAY),
        lambda link: type(link.assessment).objects.update(archived_at=timezone.now()),
    ],
    ids=["closed", "expired", "assessment closed", "archived"],
)
def test_a_closed_link_invites_nobody(link, close):
    close(link)

    for page in (Client().get(address(link)), ask(link)):
        assert page.status_code == 410
        assert "This link is closed" in page.text
    assert not Invitation.objects.exists()


def test_a_link_is_opened_again_and_its_cap_is_raised_but_never_below_what_is_used(make_link):
    link = make_link(cap=1)
    ask(link)
    actions.close_link(link, by=None)
    terms = {"name": "Careers", "expires_at": link.expires_at, "days": 7, "by": None}

    actions.reopen_link(link, by=None)
    actions.change_link(link, cap=2, **terms)
    ask(link, email="bo@example.com")

    assert OpenLink.objects.get().used == 2
    with pytest.raises(actions.LinkClosed, match="2 were invited"):
        actions.change_link(link, cap=1, **terms)
    verbs = set(
        AuditEntry.objects.filter(verb__startswith="open_link").values_list("verb", flat=True)
    )
    assert verbs == {f"open_link.{verb}" for verb in ("created", "closed", "reopened", "changed")}


@pytest.mark.parametrize("fields", [{"name": " "}, {"email": "nobody"}, {"email": ""}], ids=str)
def test_a_mistake_is_named_and_invites_nobody(link, fields):
    page = ask(link, **fields)

    assert page.status_code == 422
    assert f'id="id_{next(iter(fields))}_error"' in page.text
    assert not Invitation.objects.exists()


def test_an_unknown_link_is_not_there(db):
    assert Client().get("/join/nothing/").status_code == 404
    assert Client().get("/join/nothing/sent/").status_code == 404


def test_the_pages_and_the_email_are_in_the_language_of_who_asks(link):
    german = Client(headers={"Accept-Language": "de"})
    assert 'lang="de"' in german.get(address(link)).text

    page = ask(link, german)

    assert "Postfach" in page.text
    assert Invitation.objects.get().language == "de"
    assert "lädt Sie" in Email.objects.get().text


def test_a_language_that_is_chosen_stays_on_these_pages(link):
    client = Client()
    page = client.post("/sit/language/?language=de", {"page": address(link)}, follow=True)

    assert page.redirect_chain == [(address(link), 302)]
    assert client.cookies["language"]["path"] == "/join/"


def test_one_network_address_asks_no_faster_than_a_room_full_of_people(make_link, monkeypatch):
    link = make_link(cap=100)
    monkeypatch.setattr(join_views, "MOST_A_MINUTE", 3)
    # One minute lasts for as long as the test does.
    monkeypatch.setattr("assessments.pace.time", SimpleNamespace(time=lambda: 60.0))

    answers = [ask(link, email=f"p{number}@example.com").status_code for number in range(5)]

    assert answers == [200, 200, 200, 429, 429]
    assert Invitation.objects.count() == 3


def test_a_link_is_followed_no_faster_than_people_can(make_link, monkeypatch):
    link = make_link(cap=100)
    monkeypatch.setattr("assessments.actions.open_links.MOST_A_MINUTE", 2)

    for number in range(4):
        page = ask(link, email=f"p{number}@example.com")

    assert page.status_code == 429
    assert Invitation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_never_get_above_the_cap(make_link):
    link = make_link(cap=5)

    def follow(number):
        try:
            actions.join(link, name=f"P {number}", email=f"p{number}@example.com")
        except actions.LinkClosed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(12) as pool:
        joined = list(pool.map(follow, range(24)))

    assert sum(joined) == OpenLink.objects.get().used == Invitation.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_one_person_who_asks_many_times_at_once_is_invited_once(make_link):
    link = make_link(cap=5)

    def follow(_):
        try:
            return actions.join(link, **PERSON).is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(follow, range(8))) == 1

    assert (Invitation.objects.count(), Email.objects.count()) == (1, 1)
