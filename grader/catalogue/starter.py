"""What the editor opens with: the functions to write, and no hint."""

from grader.catalogue.task import Task


def starter(task: Task) -> str:
    """Return a module that defines the task's functions and does nothing yet: it scores 0."""
    lines = ["import numpy as np", ""]
    for function in task.functions:
        signature = task.signature.replace(f"{task.function}(", f"{function}(", 1)
        lines += ["", f"def {signature}:", "    raise NotImplementedError", ""]
    return "\n".join(lines)
