"""Inviting a list: looked at, confirmed once, and what is left out of it."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assessments import actions, tasks
from assessments.models import (
    Accommodation,
    AuditEntry,
    Candidate,
    Email,
    Invitation,
    InvitationList,
)

DAY = timedelta(days=1)
TERMS = {"days": 10, "send": "on", "message": "We liked your talk."}
MIXED = """\
Ada <ada@example.com>
Bo, bo@example.com
no address
cara@example.com
Bo again <BO@example.com>
"""


@pytest.fixture
def keep(recruiter, version):
    """Enters a list, and comes to the page that shows what it would do."""
    address = reverse("recruiter:new_list", args=[version.assessment.pk])
    return lambda **fields: recruiter.post(address, TERMS | fields, follow=True)


@pytest.fixture
def confirm(recruiter):
    def press(**fields):
        made = InvitationList.objects.latest("created_at")
        return recruiter.post(reverse("recruiter:list_detail", args=[made.pk]), fields, follow=True)

    return press


def left_out(recruiter):
    made = InvitationList.objects.latest("created_at")
    page = recruiter.get(reverse("recruiter:list_left_out", args=[made.pk]))
    return list(csv.DictReader(io.StringIO(page.getvalue().decode("utf-8-sig"))))


def emails():
    found = Invitation.objects.order_by("candidate__email")
    return list(found.values_list("candidate__email", flat=True))


def test_nobody_is_invited_before_the_list_was_looked_at(keep, invitation):
    page = keep(people=MIXED)

    assert Invitation.objects.get() == invitation
    judged = page.context["judged"]
    assert [person.email for person in judged.good] == ["bo@example.com", "cara@example.com"]
    assert [(person.row.line, person.faults[-1]) for person in judged.left_out] == [
        (1, "Invited already, and that link is open."),
        (3, "The e-mail address is missing."),
        (5, "The same address stands on line 2."),
    ]


def test_confirming_invites_the_good_ones_and_leaves_the_others(
    keep, confirm, make_member, version
):
    opens = timezone.now().replace(second=0, microsecond=0) + DAY
    keep(people=MIXED, opens_at=f"{opens:%Y-%m-%dT%H:%M}", language="de", extra_percent=25)

    page = confirm()

    assert emails() == ["ada@example.com", "bo@example.com", "cara@example.com"]
    assert "3 people are invited" in page.text
    invitation = Invitation.objects.get(candidate__name="Cara")
    assert (invitation.opens_at, invitation.language) == (opens, "de")
    assert invitation.message == "We liked your talk."
    assert 9 * DAY < invitation.expires_at - timezone.now() <= 10 * DAY
    assert invitation.invited_by.email == "r@acme.example"
    assert {each.extra_percent for each in Accommodation.objects.all()} == {25}
    assert AuditEntry.objects.get(verb="invitation_list.confirmed").detail["invited"] == 3


def test_pressing_twice_and_reloading_invite_nobody_twice(keep, confirm):
    keep(people=MIXED)

    for _ in range(3):
        page = confirm()

    assert len(emails()) == 3
    assert "3 people are invited" in page.text
    assert len(page.context["judged"].left_out) == 2
    assert AuditEntry.objects.filter(verb="invitation_list.confirmed").count() == 1


def test_the_same_list_again_invites_only_who_is_new(keep, confirm):
    for more in ("", "Dora <dora@example.com>\n"):
        keep(people=MIXED + more)
        confirm()

    assert emails() == [f"{name}@example.com" for name in ("ada", "bo", "cara", "dora")]


def test_the_emails_are_written_by_a_worker_once_each(keep, confirm):
    keep(people=MIXED)
    confirm()
    assert not Email.objects.exists()

    for _ in range(2):
        tasks.send_listed()
        tasks.sweep()

    assert sorted(Email.objects.values_list("to", flat=True)) == emails()
    assert "> We liked your talk." in Email.objects.first().text
    assert not InvitationList.objects.get().to_send


def test_the_worker_is_asked_when_it_is_confirmed(keep, confirm, broker, committed):
    keep(people=MIXED)
    with committed():
        confirm()

    assert "assessments.tasks.send_listed" in [each["task"] for each in broker.headers("default")]


def test_who_was_revoked_before_the_worker_came_gets_no_email(keep, confirm):
    keep(people="Ada <ada@example.com>")
    confirm()
    actions.revoke_invitation(Invitation.objects.get())

    tasks.send_listed()

    assert not Email.objects.exists()


def test_without_the_box_no_email_is_written(keep, confirm):
    keep(people=MIXED, send="")
    confirm()
    tasks.sweep()

    assert not Email.objects.exists()
    assert len(emails()) == 3


def test_rows_of_a_file_have_terms_of_their_own(keep, confirm):
    table = (
        "Name;E-Mail;Zusatzzeit Minuten;untimed;expires;message\r\n"
        "Ada;ada@example.com;15;;2999-01-31;Dear Ada\r\n"
        "Bo;bo@example.com;;yes;;\r\n"
        "Cy;cy@example.com;;;2001-01-31;\r\n"
    )
    file = SimpleUploadedFile("people.csv", table.encode("utf-16"))

    page = keep(file=file, extra_minutes=5)
    assert "is over" in page.context["judged"].left_out[0].faults[0]
    confirm()

    ada, bo = Invitation.objects.order_by("candidate__email")
    assert (ada.accommodation.extra_minutes, ada.accommodation.untimed) == (15, False)
    assert (bo.accommodation.extra_minutes, bo.accommodation.untimed) == (5, True)
    assert (ada.expires_at.year, ada.message) == (2999, "Dear Ada")
    assert bo.message == "We liked your talk."


def test_the_rows_left_out_are_a_file_to_mend(keep, confirm, recruiter):
    keep(people="name,email,extra_percent\n=1+1,nobody,25\nAda,ada@example.com,0\n")
    confirm()

    [row] = left_out(recruiter)

    assert (row["name"], row["email"], row["extra_percent"]) == ("'=1+1", "nobody", "25")
    assert (row["line"], row["reason"]) == ("2", "“nobody” is no e-mail address.")


@pytest.mark.parametrize("although", ["", "on"])
def test_who_has_used_up_the_attempts_is_invited_only_on_purpose(keep, confirm, attempt, although):
    page = keep(people="Ada <ada@example.com>\nBo <bo@example.com>")
    assert [person.email for person in page.context["judged"].used_up] == ["ada@example.com"]

    confirm(although=although)

    again = Invitation.objects.filter(candidate__email="ada@example.com", state="sent")
    assert again.exists() is bool(although)
    assert Invitation.objects.filter(candidate__email="bo@example.com", one_more=False).exists()
    if although:
        assert again.get().one_more
        assert actions.start_attempt(again.get()) != attempt


def test_names_that_are_known_are_corrected_but_not_by_a_guess(keep, confirm, version):
    for name, email in (("Adda", "ada@example.com"), ("Bo", "bo@example.com")):
        actions.revoke_invitation(actions.invite(version, name, email))

    keep(people="Ada <ada@example.com>\nbo@example.com")
    confirm()

    assert set(Candidate.objects.values_list("name", flat=True)) == {"Ada", "Bo"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"people": ""}, "people"),
        ({"people": MIXED, "days": 0}, "days"),
        ({"people": MIXED, "opens_at": "2999-01-01T08:00"}, "opens_at"),
        ({"people": MIXED, "file": SimpleUploadedFile("a.csv", b"a@x.org")}, "file"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04\x14\x00\x00")}, "file"),
    ],
    ids=["nobody", "no days", "opens too late", "both", "a workbook"],
)
def test_a_mistake_is_named_at_its_field(keep, fields, field):
    page = keep(**fields)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not InvitationList.objects.exists()


def test_a_list_can_be_changed_before_it_is_confirmed(keep, recruiter, version):
    keep(people=MIXED, extra_percent=25)
    address = reverse("recruiter:new_list", args=[version.assessment.pk])

    page = recruiter.get(address, {"of": InvitationList.objects.get().pk})

    assert "Bo again &lt;BO@example.com&gt;" in page.text
    assert page.context["form"]["message"].value() == "We liked your talk."
    assert page.context["granting"]["extra_percent"].value() == 25


def test_rows_are_forgotten_after_a_day(keep, confirm, recruiter):
    keep(people=MIXED)
    keep(people=MIXED)
    confirm()
    InvitationList.objects.update(created_at=timezone.now() - 2 * DAY)

    tasks.forget_lists()

    kept = InvitationList.objects.get()
    assert (kept.text, kept.invited) == ("", 3)
    assert "forgotten" in recruiter.get(reverse("recruiter:list_detail", args=[kept.pk])).text


@pytest.mark.parametrize("number", [3, 30])
def test_looking_and_confirming_take_the_same_queries_for_any_list(
    keep, recruiter, number, django_assert_num_queries
):
    keep(people="\n".join(f"p{each}@example.com" for each in range(number)))
    address = reverse("recruiter:list_detail", args=[InvitationList.objects.get().pk])

    with django_assert_num_queries(11):
        recruiter.get(address)
    with django_assert_num_queries(24):
        recruiter.post(address)

    assert Invitation.objects.count() == number


def test_two_thousand_are_invited_at_once(keep, confirm):
    keep(people="\n".join(f"p{each}@example.com" for each in range(2000)))

    confirm()

    assert Invitation.objects.count() == 2000
