"""How much time a candidate has, with what was granted to them."""

from dataclasses import dataclass
from datetime import timedelta

from assessments.course import REST, UNTIMED
from assessments.models import Accommodation, Invitation


@dataclass(frozen=True, slots=True)
class Allowance:
    """The minutes of an assessment, and what is in force for one candidate."""

    minutes: int
    accommodation: Accommodation

    @property
    def total(self) -> int:
        """Whole minutes, rounded down: nobody is promised what they do not get."""
        return self.of(self.minutes) + self.accommodation.extra_minutes

    def of(self, minutes: int) -> int:
        """Return the minutes of one clock with the extra percent."""
        return minutes * (100 + self.accommodation.extra_percent) // 100

    @property
    def sum(self) -> str:
        """How `total` came to be, as "45 min + 25 %"; "" where nothing was added."""
        percent, extra = self.accommodation.extra_percent, self.accommodation.extra_minutes
        added = [f"{percent} %"] * bool(percent) + [f"{extra} min"] * bool(extra)
        return " + ".join([f"{self.minutes} min", *added]) if added else ""

    @property
    def untimed(self) -> bool:
        return self.accommodation.untimed

    @property
    def untimed_days(self) -> int:
        return UNTIMED.days

    @property
    def rest_minutes(self) -> int:
        """Between two sections that have clocks of their own, at most."""
        return REST // timedelta(minutes=1)

    @property
    def break_minutes(self) -> int:
        return self.accommodation.break_minutes

    @property
    def large_type(self) -> bool:
        return self.accommodation.large_type

    @property
    def granted(self) -> bool:
        """Whether anything at all is in force."""
        return self.accommodation.pk is not None


def allowance_of(invitation: Invitation) -> Allowance:
    minutes = invitation.assessment_version.minutes
    return Allowance(minutes, Accommodation.objects.in_force(invitation))
