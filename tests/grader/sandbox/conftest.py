"""A real sandbox, behind real walls, for the tests beside this file."""

from collections.abc import Iterator

import numpy as np
import pytest

from grader.sandbox import Call, Limits, Sandbox, SandboxFault

# Small enough that a hang costs a second, large enough for a busy machine.
TIGHT = Limits(
    cpu_seconds=0.6,
    wall_seconds=2.0,
    timed_cpu_seconds=0.5,
    timed_wall_seconds=1.5,
    memory_mib=256,
)
Y_TRUE, Y_PRED = np.array([1.0, 2.0, 4.0]), np.array([3.0, 2.0, 1.0])
CALLS = (
    Call("loss", (Y_TRUE, Y_PRED)),
    Call("grad", (Y_TRUE, Y_PRED)),
    Call("loss", (Y_TRUE, Y_PRED)),
)
HONEST = """
import numpy as np

def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))

def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
"""


@pytest.fixture(scope="session")
def kept_sandbox() -> Iterator[Sandbox]:
    try:
        sandbox = Sandbox(TIGHT)
    except SandboxFault as fault:
        pytest.skip(str(fault))
    with sandbox:
        yield sandbox


@pytest.fixture
def sandbox(kept_sandbox) -> Sandbox:
    """The sandbox of the session: every test must leave it usable."""
    return kept_sandbox


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """A sandbox that the test may break."""
    try:
        sandbox = Sandbox(TIGHT)
    except SandboxFault as fault:
        pytest.skip(str(fault))
    with sandbox:
        yield sandbox
