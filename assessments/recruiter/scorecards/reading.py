"""Whose scorecards somebody may read: nobody's opinion should be made by another's."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.models import Attempt, Member, Scorecard


@dataclass(frozen=True, slots=True)
class Cards:
    """The scorecards of an attempt for one reader; `hidden` counts those that are kept back."""

    own: Scorecard | None
    shown: Sequence[Scorecard]
    hidden: int
    drafts: int

    @property
    def recommendations(self) -> list[tuple[str, int]]:
        """How many recommend what, of those that may be read; the strongest yes first."""
        said = [card.recommendation for card in self.shown]
        return [
            (label, said.count(value))
            for value, label in Scorecard.Recommendation.choices
            if value in said
        ]


def cards_for(attempt: Attempt, reader: Member) -> Cards:
    """Return what `reader` may read of `attempt`.

    Others' are there once one's own is handed in. Who manages and keeps no scorecard reads all
    that were handed in.
    """
    cards = list(attempt.scorecards.select_related("interviewer"))
    own = next((card for card in cards if card.interviewer_id == reader.user_id), None)
    handed_in = [card for card in cards if card.submitted_at is not None]
    drafts = len(cards) - len(handed_in)
    watches = own is None and reader.role in Member.INVITES
    if watches or (own is not None and own.submitted_at is not None):
        return Cards(own, handed_in, 0, drafts)
    return Cards(own, [], len(handed_in), drafts)
