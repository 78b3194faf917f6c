"""The only room that starts a process: walls, limits, the forkserver and the wire."""

from grader.sandbox.call import Call, Probe
from grader.sandbox.missing import missing_walls
from grader.sandbox.outcome import (
    Ending,
    Limits,
    NotRun,
    Outcome,
    Raised,
    Returned,
    SandboxFault,
    Unusable,
)
from grader.sandbox.sandbox import Sandbox

__all__ = [
    "Call",
    "Ending",
    "Limits",
    "NotRun",
    "Outcome",
    "Probe",
    "Raised",
    "Returned",
    "Sandbox",
    "SandboxFault",
    "Unusable",
    "missing_walls",
]
