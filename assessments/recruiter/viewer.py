"""Who looks at a page of the desk, and whether candidates have names there.

Every page, file and picture of the desk that shows a candidate asks here what to call them.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from assessments.models import Attempt, Invitation, Member, User

# Crockford's: without I, L, O and U, which are misread or misheard.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
# 40 bits of a random key: two of 100,000 attempts share an alias once in two hundred times.
_LENGTH = 8
_BITS = 5


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person in front of the desk; without a user somebody who followed a shared link."""

    user: User | None

    def member(self, organisation: int) -> Member | None:
        """Return what this person is in `organisation`."""
        found = self.user.member if self.user else None
        return found if found and found.organisation_id == organisation else None

    def sees_names(self, organisation: int) -> bool:
        member = self.member(organisation)
        return member is not None and _sees_names(member)

    @property
    def named(self) -> list[int]:
        """The organisations whose candidates have names for this person."""
        found = self.user.member if self.user else None
        return [found.organisation_id] if found and _sees_names(found) else []

    @property
    def sees_all_names(self) -> bool:
        """Whether nothing that this person sees is without a name."""
        found = self.user.member if self.user else None
        return found is None or found.role not in Member.SEES_CANDIDATES or _sees_names(found)

    def name_of(self, who: Attempt | Invitation) -> str:
        """Return the candidate's name, or an alias where names are hidden."""
        shown = self.sees_names(who.organisation_id)
        return who.candidate.name if shown else f"Candidate {alias_of(who)}"

    def email_of(self, who: Attempt | Invitation) -> str:
        """Return the candidate's address, "" where names are hidden."""
        return who.candidate.email if self.sees_names(who.organisation_id) else ""


def viewer_of(request: HttpRequest) -> Viewer:
    return Viewer(request.user if isinstance(request.user, User) else None)


def _sees_names(member: Member) -> bool:
    if member.hides_names or member.role not in Member.SEES_CANDIDATES:
        return False
    return member.role != Member.Role.REVIEWER or not member.organisation.hides_names


def alias_of(who: Attempt | Invitation) -> str:
    """Return what to call a candidate without a name, the same on every page: "K7Q2-M4XD".

    It is the beginning of the attempt's key, so that a search for an alias needs no other index.
    """
    begun = who if isinstance(who, Attempt) else getattr(who, "attempt", None)
    number = (begun or who).pk.int >> (128 - _BITS * _LENGTH)
    digits = [_LETTERS[number >> (_BITS * place) & 31] for place in reversed(range(_LENGTH))]
    return "".join(digits[:4]) + "-" + "".join(digits[4:])


def keys_of_alias(text: str) -> tuple[UUID, UUID] | None:
    """Return between which keys the attempts lie whose alias begins with `text`."""
    typed = re.sub(r"(?i)^\s*candidate|[\s-]", "", text).upper().translate(_MISREAD)
    if not 2 <= len(typed) <= _LENGTH or not set(typed) <= set(_LETTERS):
        return None
    number = sum(_LETTERS.index(digit) << (_BITS * i) for i, digit in enumerate(reversed(typed)))
    free = 128 - _BITS * len(typed)
    return UUID(int=number << free), UUID(int=((number + 1) << free) - 1)
