"""What a list of people would do: whom it invites, and whom not, with the reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils import timezone

from assessments.begun import started_by
from assessments.models import Assessment, AssessmentVersion, Invitation, InvitationList
from assessments.people import Person, Unreadable, person_of, read_people


@dataclass(frozen=True, slots=True)
class Judged:
    """The people of a list: whom it invites, who started as often as allowed, and what is wrong."""

    good: tuple[Person, ...]
    # They could be invited once more, if somebody says so.
    used_up: tuple[Person, ...]
    bad: tuple[Person, ...]
    # Headings that nobody here knows.
    unknown: tuple[str, ...] = ()

    @property
    def left_out(self) -> list[Person]:
        """Who is not invited, in the order of the list."""
        return sorted([*self.bad, *self.used_up], key=lambda person: person.row.line)


def judge(made: InvitationList) -> Judged:
    """Return what confirming `made` would do now, or has done once it is confirmed.

    Raises Unreadable where its text is gone.
    """
    if not made.text:
        raise Unreadable("The rows of this list were forgotten; they are kept for a day.")
    people = read_people(made.text)
    version = made.assessment.current_version
    found = _against_each_other(person_of(row) for row in people.rows)
    found = _against_the_past(found, version, _invited_by(made))
    used_up = tuple(person for person in found if person.faults == (_used_up(version),))
    return Judged(
        tuple(person for person in found if not person.faults),
        used_up,
        tuple(person for person in found if person.faults and person not in used_up),
        people.unknown,
    )


def _against_each_other(people: Iterable[Person]) -> list[Person]:
    """The same address twice is one person: the first row counts."""
    lines: dict[str, int] = {}
    found = []
    for person in people:
        if person.email in lines:
            person = _with(person, f"The same address stands on line {lines[person.email]}.")
        elif person.email:
            lines[person.email] = person.row.line
        found.append(person)
    return found


def _invited_by(made: InvitationList) -> set[str]:
    """Whom the list itself has invited."""
    if made.confirmed_at is None:
        return set()
    return set(made.invitations.values_list("candidate__email", flat=True))


def _against_the_past(
    people: list[Person], version: AssessmentVersion, own: set[str]
) -> list[Person]:
    emails = [person.email for person in people if person.email]
    waiting = holding_links(version.assessment, emails)
    begun = started_by(version.assessment, emails)
    return [
        person if person.email in own else _judged(person, version, waiting, begun)
        for person in people
    ]


def _judged(
    person: Person, version: AssessmentVersion, waiting: set[str], begun: Mapping[str, int]
) -> Person:
    if person.email in waiting:
        return _with(person, "Invited already, and that link is open.")
    expires = person.sets.get("expires")
    if expires and expires <= timezone.now():
        return _with(person, "The day on which the link expires is over.")
    if begun.get(person.email, 0) >= version.max_attempts:
        return _with(person, _used_up(version))
    return person


def _used_up(version: AssessmentVersion) -> str:
    times = "once" if version.max_attempts == 1 else f"{version.max_attempts} times"
    return f"Has started {times}, which is as often as one may."


def _with(person: Person, fault: str) -> Person:
    return replace(person, faults=(*person.faults, fault))


def holding_links(assessment: Assessment, emails: Iterable[str]) -> set[str]:
    """Who of `emails` holds a link that can still be started."""
    found = Invitation.objects.of_assessment(assessment).filter(
        candidate__email__in=list(emails),
        state=Invitation.State.SENT,
        expires_at__gt=timezone.now(),
    )
    return set(found.values_list("candidate__email", flat=True))
