"""Says which wall can't be put up on this machine, and what to install or set."""

from grader.sandbox.outcome import SandboxFault
from grader.sandbox.sandbox import Sandbox


def missing_walls() -> list[str]:
    """Return one sentence per missing wall; [] when the sandbox starts and all probes fail."""
    try:
        Sandbox().close()
    except SandboxFault as fault:
        return [str(fault)]
    return []
