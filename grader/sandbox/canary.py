"""Tries the walls from inside before a candidate may: every probe has to fail, honest code not."""

from pathlib import Path

import numpy as np

from grader.sandbox import decoding, endings
from grader.sandbox.call import Call
from grader.sandbox.forkserver import Forkserver, Reaped
from grader.sandbox.outcome import Limits, Outcome, Returned, SandboxFault
from grader.sandbox.probes import ATTEMPTS
from grader.sandbox.run import Run
from grader.sandbox.walls import Walls

SOURCE = (Path(__file__).parent / "probes.py").read_bytes()
PROBES = tuple(ATTEMPTS)
HONEST = (np.array([1.0, 2.0, 4.0]), np.array([3.0, 2.0, 1.0]))
CALLS = (Call("loss", HONEST), Call("probe", (np.array([1.0]),)))


def check(server: Forkserver, layers: Walls) -> Reaped:
    """Run the probes in a child of `server`; raise SandboxFault where a wall has a hole."""
    child = server.fork(Limits())
    try:
        server.wait_for(child)
        trace = Run(child, Limits(), ("loss", "probe"), CALLS).follow(SOURCE)
        reading = decoding.decode(child.read_results(), CALLS)
    finally:
        child.close()
        server.reap()
    reaped = server.reaped()
    outcome = endings.conclude(trace, reading, reaped, CALLS, Limits())
    holes = judge(outcome)
    if holes and layers == Walls():
        raise SandboxFault(f"The sandbox's walls have holes: {', '.join(holes)}.")
    return reaped


def judge(outcome: Outcome) -> list[str]:
    """Return the names of the probes that got through."""
    honest, probes = outcome.results
    told = f"{outcome.ending} {outcome.detail} {outcome.stdout}"
    # (2 * 2 + 0 * 0 + 3 * 3) / 3, from paper.
    if not isinstance(honest, Returned) or abs(float(honest.values[0]) - 13 / 3) > 1e-12:
        raise SandboxFault(f"An honest program is not run: {told}")
    if not isinstance(probes, Returned) or probes.values[0].shape != (len(PROBES),):
        raise SandboxFault(f"The probes did not run: {told}")
    return [name for name, through in zip(PROBES, probes.values[0], strict=True) if through]
