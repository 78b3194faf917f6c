"""The audit of own tasks on their way in from files: all of their code runs in the sandbox."""

from grader.own import audit_own
from grader.sandbox import Sandbox, SandboxFault
from questions.files import BadFile, Entry, Fault

SEEDS = range(1, 4)


def audited(entry: Entry) -> Entry:
    """Return `entry`; raise BadFile where it asks an own task that its audit finds fault with.

    A draft may have faults: candidates do not meet it.
    """
    own = entry.content.get("own")
    if own is None or entry.fields.get("status", "published") in ("draft", "in_review"):
        return entry
    try:
        with Sandbox() as sandbox, Sandbox() as workshop:
            faults = audit_own(own, SEEDS, sandbox, lambda: workshop).faults
    except SandboxFault as fault:
        faults = [f"it can't be audited here, for the sandbox failed: {fault}"]
    if faults:
        raise BadFile([Fault(entry.path, entry.lines.get(("own",), 1), "own", f) for f in faults])
    return entry
