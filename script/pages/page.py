"""The page of one task."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.catalogue.task import Curve, Task
from grader.catalogue.worked import as_code
from grader.families import WEIGHTS, Family
from grader.plan import make_plan
from questions.files import topics
from questions.kinds.coding import wanted
from script.pages.markdown import bullets, cell, table, text

LOOKS = {
    Family.VALUES: "The reference's values: over the domain, with other parameters, in several "
    "shapes.",
    Family.GRADIENTS: "The reference's gradient, and the slope of the submission's own loss.",
    Family.STABILITY: "The right digits where numbers are very large or very small.",
    Family.EDGE_CASES: "What the rules say, and what holds for every task.",
    Family.EFFICIENCY: "CPU time on large arrays, beside plain NumPy.",
}
# The number of checks is the same whatever they are drawn from.
SEED = 0


def page(task: Task, pictures: Mapping[str, Curve]) -> str:
    """Return the page of `task` as Markdown.

    Nothing of a solution stands in it, and no input of a hidden check: they are drawn from seeds.

    Args:
        pictures: the curves by the names of their files.
    """
    parts = [
        f"# {text(task.title)}\n",
        *_about(task),
        f"$$\n{task.formula}\n$$\n",
        f"{text(task.sentence)}\n",
        *_asked(task),
        *_examples(task),
        *_pictures(pictures),
        *_judged(task),
        f"## Source\n\n{text(task.source)}\n",
    ]
    return "\n".join(parts)


def _about(task: Task) -> Iterator[str]:
    brief = task.brief
    named = ", ".join(topics()[slug] for slug in brief.topics)
    yield f"`{task.slug}`, {brief.difficulty}, about {brief.minutes} minutes. {named}.\n"
    yield f"What it tests: {text(brief.context)}\n"


def _asked(task: Task) -> Iterator[str]:
    rows = [(f"`{each['signature']}`", cell(each["returns"])) for each in wanted(task)]
    yield f"## What to write\n\n{table(('function', 'returns'), rows)}"
    yield f"{text(task.domain)}\n"
    yield f"## Rules\n\n{bullets(task.rules)}"


def _examples(task: Task) -> Iterator[str]:
    if task.examples:
        yield "## Example\n"
    for example in task.examples:
        yield f"```python\n{as_code(task, example)}\n```\n"
        yield f"{text(example.working)}\n"


def _pictures(pictures: Mapping[str, Curve]) -> Iterator[str]:
    if pictures:
        yield "## Curves\n"
    for name, curve in pictures.items():
        yield f"![{text(curve.title)}, over {text(curve.axis)}]({name})\n"


def _judged(task: Task) -> Iterator[str]:
    yield f"## What the grader looks at\n\n{_families(task)}"
    if task.extremes:
        names = "; ".join(text(extreme.name) for extreme in task.extremes)
        yield f"Numerical stability is asked at: {names}.\n"
    if task.edges:
        edges = [f"{edge.name[:1].upper()}{edge.name[1:]}: {edge.rule}" for edge in task.edges]
        yield f"Edge cases of its own, beside those of every task:\n\n{bullets(edges)}"
    rows = [(cell(each.name), cell(each.sentence)) for each in task.misconceptions]
    yield f"## Usual misconceptions\n\n{table(('name', 'what is told'), rows)}"
    if laws := _laws(task):
        yield f"## What is known of it\n\n{bullets(laws)}"


def _families(task: Task) -> str:
    # Large arrays change no number and take long to draw.
    small = replace(task, large=task.shapes[0])
    counts = Counter(check.family for check in make_plan(small, SEED).checks)
    asked = [family for family in Family if counts[family]]
    whole = sum(WEIGHTS[family] for family in asked)
    rows = [
        (_title(family), str(counts[family]), f"{100 * WEIGHTS[family] / whole:.0f} %",
         LOOKS[family])
        for family in asked
    ]  # fmt: skip
    return table(("family", "checks", "counts", "what is asked"), rows)


def _title(family: Family) -> str:
    return family.value.replace("_", " ")


def _laws(task: Task) -> list[str]:
    shape = ["It is never negative."] if task.non_negative else []
    if task.convex:
        names = " and ".join(task.arguments[i].name for i in task.differentiated)
        shape.append(f"It is convex in {names}.")
    return shape + [law.name for law in task.laws]
