"""Every invitation with its state, and what is done with many of them at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import AuditEntry, Email, Invitation, Practice

DAY = timedelta(days=1)


@pytest.fixture
def address(version):
    return reverse("recruiter:invitation_list", args=[version.assessment.pk])


@pytest.fixture
def people(version):
    """Three invitations that nobody has sent or followed."""
    return [actions.invite(version, name, f"{name}@example.com") for name in ("ada", "bo", "cy")]


@pytest.fixture
def act(recruiter, version):
    """Presses a button above the list, and the one on the page that asks whether to."""
    address = reverse("recruiter:act_on_invitations", args=[version.assessment.pk])

    def press(do, *picked, sure="yes", **fields):
        data = {"do": do, "which": "picked", "pick": [each.pk for each in picked]} | fields
        return recruiter.post(address, data | ({"sure": "yes"} if sure else {}), follow=True)

    return press


def delivered(email):
    Email.objects.filter(pk=email.pk).update(sent_at=timezone.now(), due_at=None)


def failed(invitation):
    email = actions.send_invitation(invitation)
    Email.objects.filter(pk=email.pk).update(last_error="550 no", due_at=None)


def failed_and_sent_again(invitation):
    failed(invitation)
    delivered(actions.send_invitation(invitation))


STATES = [
    ("unsent", lambda invitation: None),
    ("sent", lambda invitation: delivered(actions.send_invitation(invitation))),
    ("failed", failed),
    ("sent", failed_and_sent_again),
    ("reminded", actions.remind),
    ("practised", lambda invitation: Practice.objects.create(invitation=invitation)),
    ("started", actions.start_attempt),
    ("finished", lambda invitation: actions.finish_attempt(actions.start_attempt(invitation))),
    ("expired", lambda invitation: Invitation.objects.update(expires_at=timezone.now() - DAY)),
    (
        "expired",
        lambda invitation: type(invitation.assessment_version.assessment).objects.update(
            closes_at=timezone.now() - DAY
        ),
    ),
    ("revoked", actions.revoke_invitation),
]


@pytest.mark.parametrize(
    ("state", "happen"), STATES, ids=[f"{n} {s}" for n, (s, _) in enumerate(STATES)]
)
def test_each_state_is_seen_at_a_glance_and_found(recruiter, address, invitation, state, happen):
    happen(invitation)

    page = recruiter.get(address, {"state": state})

    assert [each.glance for each in page.context["page"]] == [state]
    assert [(word, number) for word, _, number in page.context["counts"]] == [(state, 1)]


def test_a_preview_is_no_invitation(recruiter, address, invitation):
    Invitation.objects.update(preview=True)

    assert "Nobody is invited yet" in recruiter.get(address).text


def test_a_search_finds_names_and_addresses(recruiter, address, people):
    for text, found in (("AD", ["ada"]), ("bo@example", ["bo"]), ("nobody", [])):
        page = recruiter.get(address, {"q": text})
        assert [each.candidate.name for each in page.context["page"]] == found


def test_it_is_asked_first_and_nothing_is_done_meanwhile(act, people):
    page = act("revoke", *people[:2], sure="")

    assert "Revoke: 2 invitations?" in page.text
    assert not Invitation.objects.filter(state="revoked").exists()


def test_those_that_were_ticked_are_revoked_and_the_rest_is_told_why(act, people, make_member):
    actions.start_attempt(people[2])

    page = act("revoke", *people[1:])

    assert [each.state for each in Invitation.objects.order_by("candidate__name")] == [
        *("sent", "revoked", "started"),
    ]
    assert "Done for 1 invitation." in page.text
    assert (
        "Not done for 1: The candidate has started; an attempt can&#x27;t be revoked." in page.text
    )
    entry = AuditEntry.objects.get(verb="invitation.revoked")
    assert (entry.target_id, entry.actor) == (str(people[1].pk), "r@acme.example")


def test_pressing_twice_sends_nobody_two_emails(act, people):
    act("send", *people)
    page = act("send", *people)

    assert Email.objects.count() == 3
    assert "Not done for 3: The same e-mail was sent in the last ten minutes." in page.text


def test_reminders_go_to_who_could_start(act, people):
    Invitation.objects.filter(pk=people[0].pk).update(opens_at=timezone.now() + DAY)

    page = act("remind", *people)

    assert set(Email.objects.values_list("to", "kind")) == {
        ("bo@example.com", "reminder"),
        ("cy@example.com", "reminder"),
    }
    assert "This invitation has not opened yet." in page.text


def test_all_that_match_are_extended_and_the_others_are_not(act, people, version):
    Invitation.objects.filter(pk=people[0].pk).update(expires_at=timezone.now() - DAY)

    page = act("extend", which="all", query="state=expired", days=30, sure="")
    assert [each.pk for each in page.context["chosen"]] == [people[0].pk]
    act("extend", *page.context["chosen"], days=30)

    ends = dict(Invitation.objects.values_list("candidate__name", "expires_at"))
    assert ends["ada"] - timezone.now() > 29 * DAY
    assert ends["bo"] - timezone.now() < 15 * DAY


def test_all_of_the_page_are_meant(act, people):
    page = act("revoke", which="page", on_page=[each.pk for each in people], sure="")

    assert len(page.context["chosen"]) == 3


@pytest.mark.parametrize(
    ("do", "fields", "words"),
    [
        ("revoke", {}, "Tick the invitations first"),
        ("extend", {"which": "all", "days": ""}, "Say for how many days"),
        ("extend", {"which": "all", "days": "0"}, "greater than or equal to 1"),
        ("erase", {"which": "all"}, "Select a valid choice"),
        ("revoke", {"which": "picked", "pick": ["nonsense"]}, "Tick the invitations first"),
    ],
    ids=["nothing ticked", "no days", "zero days", "another word", "no key"],
)
def test_nonsense_does_nothing(act, people, do, fields, words):
    page = act(do, **fields)

    assert words in page.text
    assert Invitation.objects.filter(state="sent").count() == 3


def test_invitations_of_another_assessment_are_not_reached(act, make_version, organisation):
    other = actions.invite(make_version(organisation, slug="second"), "Dora", "dora@example.com")

    act("revoke", other)

    assert Invitation.objects.get().state == "sent"


def test_who_hides_names_is_led_from_no_name_to_a_report(recruiter, address, attempt):
    assert attempt.get_absolute_url() in recruiter.get(address).text

    attempt.organisation.members.update(hides_names=True)

    page = recruiter.get(address).text
    assert "ada@example.com" in page
    assert attempt.get_absolute_url() not in page


@pytest.mark.parametrize("count", [3, 60])
def test_the_list_takes_the_same_queries_for_any_number(
    recruiter, address, version, count, django_assert_num_queries
):
    for number in range(count):
        invitation = actions.invite(version, f"P{number}", f"p{number}@example.com", send=True)
        if number % 2:
            actions.start_attempt(invitation)

    with django_assert_num_queries(11):
        recruiter.get(address)
