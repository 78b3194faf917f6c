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
HONEST_CALL = Call("loss", HONEST)
PROBE_CALL = Call("probe", (np.array([1.0]),))


def check(server: Forkserver, layers: Walls) -> Reaped:
    """Run the probes in a child of `server`; raise SandboxFault where a wall has a hole.

    With a layer taken away the honest program alone is run: the probes are for whole walls.
    """
    calls = (HONEST_CALL, PROBE_CALL) if layers == Walls() else (HONEST_CALL,)
    child = server.fork(Limits())
    try:
        server.wait_for(child)
        run = Run(child, Limits(), ("loss", "probe"))
        run.start(SOURCE)
        trace = run.follow(calls)
        reading = decoding.nothing_yet(calls)
        header, data = child.read_results(reading.at)
    finally:
        child.close()
    decoding.read_on(reading, calls, header, data)
    decoding.read_end(reading, header)
    server.reap()
    reaped = server.reaped()
    outcome = endings.conclude(trace, reading, reaped, calls, Limits())
    check_honest(outcome)
    holes = get_through(outcome) if layers == Walls() else []
    if holes:
        raise SandboxFault(f"The sandbox's walls have holes: {', '.join(holes)}.")
    return reaped


def check_honest(outcome: Outcome) -> None:
    honest = outcome.results[0]
    # (2 * 2 + 0 * 0 + 3 * 3) / 3, from paper.
    if not isinstance(honest, Returned) or abs(float(honest.values[0]) - 13 / 3) > 1e-12:
        raise SandboxFault(f"An honest program is not run: {told(outcome)}")


def get_through(outcome: Outcome) -> list[str]:
    """Return the names of the probes that got through."""
    probes = outcome.results[1]
    if not isinstance(probes, Returned) or probes.values[0].shape != (len(PROBES),):
        raise SandboxFault(f"The probes did not run: {told(outcome)}")
    return [name for name, through in zip(PROBES, probes.values[0], strict=True) if through]


def told(outcome: Outcome) -> str:
    return f"{outcome.ending} {outcome.detail} {outcome.stdout} {outcome.results}"
