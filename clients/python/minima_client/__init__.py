"""A typed client of Minima's REST interface."""

from minima_client.client import Client
from minima_client.problems import (
    AnswerLost,
    Conflict,
    ExportFailed,
    Forbidden,
    InProgress,
    Invalid,
    KeyReused,
    MinimaError,
    Misconfigured,
    NotFound,
    Problem,
    RateLimited,
    ServerFailed,
    SignatureRefused,
    Stale,
    TimedOut,
    Unauthenticated,
    UnexpectedAnswer,
    Unreachable,
)
from minima_client.sending import Patience

__version__ = "0.1.0"

__all__ = [
    "AnswerLost", "Client", "Conflict", "ExportFailed", "Forbidden", "InProgress", "Invalid",
    "KeyReused", "MinimaError", "Misconfigured", "NotFound", "Patience", "Problem", "RateLimited",
    "ServerFailed", "SignatureRefused", "Stale", "TimedOut", "Unauthenticated",
    "UnexpectedAnswer", "Unreachable",
]  # fmt: skip
