"""What the editor opens with: the functions to write, and no hint."""

from grader.catalogue.task import Task


def starter(task: Task) -> str:
    """Return a module that defines the task's functions and does nothing yet: it scores 0."""
    lines = ["import numpy as np", ""]
    for function in task.functions:
        lines += ["", f"def {signature(task, function)}:", "    raise NotImplementedError", ""]
    return "\n".join(lines)


def signature(task: Task, function: str) -> str:
    """Return how one of the task's functions is called: "grad(y_true, y_pred, delta=1.0)"."""
    return task.signature.replace(f"{task.function}(", f"{function}(", 1)
