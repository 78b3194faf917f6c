"""What an adapter is: how one hiring system lets itself in, is answered, and is told.

An adapter describes; it reads no request and writes no row. The addresses that its system calls
are views beside it (see `inbound`); what they do are actions (see `assessments.actions.ordering`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from assessments.actions import AttemptsUsedUp, InvitationClosed, NotPublished
from assessments.integrations.hiring import keys
from assessments.integrations.hiring.results import Result
from assessments.integrations.outbound import Refused
from assessments.integrations.parcels import Outcome, Parcel
from assessments.models import HiringConnection, HiringOrder

State = HiringOrder.State


class Wrong(Exception):
    """A call is answered with `status` and a sentence for whoever looks at the other system."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Malformed(Exception):
    """A body lacks something, or holds what is not to be expected there."""


class Entry(NamedTuple):
    """What an owner has to enter in the other system; `value` is copied."""

    label: str
    value: str


class Adapter(ABC):
    """How one system speaks.

    Attributes:
        system: its value of HiringConnection.System.
        summary: what it does for whoever connects it, a sentence.
        tells: the states that it is told of; the others it hears when it asks, or never.
        hosts: where it is called unless an owner says otherwise: these and what is below them.
        their_key_label: how that system calls the key that it gives out; "" where it has none and
            is called with ours.
        realm: the scheme by which it comes in, as a 401 names it; "" for none.
        malformed: the status of an answer to a body that can't be read.
        refusals: that of an answer to an order which was not carried out, by the reason.
    """

    system: ClassVar[HiringConnection.System]
    summary: ClassVar[str]
    tells: ClassVar[frozenset[HiringOrder.State]] = frozenset({State.COMPLETED})
    hosts: ClassVar[tuple[str, ...]] = ()
    their_key_label: ClassVar[str] = ""
    realm: ClassVar[str] = 'Basic realm="minima"'
    malformed: ClassVar[int] = 400
    refusals: ClassVar[Mapping[type[Exception], int]] = {
        AttemptsUsedUp: 409,
        InvitationClosed: 422,
        NotPublished: 422,
        Refused: 422,
    }

    def key_in(self, header: str) -> str:
        """Return the key that an Authorization header holds; "" where it holds none."""
        return keys.basic(header)

    @abstractmethod
    def entries(self, connection: HiringConnection, base: str) -> Sequence[Entry]:
        """What is entered over there; `base` is the address that its own ones begin with."""

    def secrets(self, connection: HiringConnection, base: str, key: str) -> Sequence[Entry]:
        """What is shown once, as it is entered over there."""
        return [Entry("API key", key)]

    @abstractmethod
    def parcel(self, result: Result, key: str) -> Parcel | None:
        """Return the call that tells how an order stands; None where there is nowhere to call.

        `key` is what the system gave out, or ours where it has none of its own.
        """

    def error(self, status: int, sentence: str) -> Any:
        """Return the body of an answer that says no."""
        return {"status": status, "message": sentence}

    def took(self, outcome: Outcome) -> bool:
        """Whether the system took what it was told."""
        return outcome.is_delivered

    def status_of(self, problem: Exception) -> int | None:
        """Return the status of the answer that says why not; None for a fault of ours."""
        if isinstance(problem, Wrong):
            return problem.status
        if isinstance(problem, Malformed):
            return self.malformed
        return next(
            (self.refusals[kind] for kind in self.refusals if isinstance(problem, kind)), None
        )
