"""How the command ends: what a script asks after."""

from enum import IntEnum

from minima_client.problems import (
    Forbidden,
    MinimaError,
    Misconfigured,
    Problem,
    RateLimited,
    ServerFailed,
    TimedOut,
    Unauthenticated,
    UnexpectedAnswer,
    Unreachable,
)


class Ending(IntEnum):
    DONE = 0
    PARTLY = 1
    UNUSABLE = 2
    NOT_ALLOWED = 3
    REFUSED = 4
    UNREACHABLE = 5
    NOT_YET = 6
    INTERRUPTED = 130


class Unusable(MinimaError):
    """What was typed, or the file that was given, can't be used."""


ENDINGS: tuple[tuple[type[MinimaError] | tuple[type[MinimaError], ...], Ending], ...] = (
    ((Unusable, Misconfigured), Ending.UNUSABLE),
    ((Unauthenticated, Forbidden), Ending.NOT_ALLOWED),
    ((RateLimited, ServerFailed, Unreachable, UnexpectedAnswer), Ending.UNREACHABLE),
    (TimedOut, Ending.NOT_YET),
    (Problem, Ending.REFUSED),
)


def ending_of(error: MinimaError) -> Ending:
    return next((end for kinds, end in ENDINGS if isinstance(error, kinds)), Ending.REFUSED)
