"""What a page says of a loss, from its row of the catalogue and the guides that name it."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from grader.catalogue import CATALOGUE
from grader.catalogue.task import Argument, Task
from grader.catalogue.worked import as_code
from grader.families import Family
from questions.files import topics
from questions.study.guides import Term, glossary, guides

RELATED = 6
MISTAKES = {
    Family.VALUES: "In the value",
    Family.GRADIENTS: "In the gradient",
    Family.STABILITY: "With very large or very small numbers",
    Family.EDGE_CASES: "At the edges",
    Family.EFFICIENCY: "In the time it takes",
}


class Asked(NamedTuple):
    question: str
    answer: str


class Choice(NamedTuple):
    """A piece of advice, and the topic whose guide gives it."""

    topic: str
    when: str
    take: str


@cache
def by_group() -> dict[str, list[Task]]:
    """The losses by the topic that they name first; groups and losses by title."""
    found: defaultdict[str, list[Task]] = defaultdict(list)
    for task in sorted(CATALOGUE.values(), key=lambda each: each.title.casefold()):
        found[group_of(task)].append(task)
    return dict(sorted(found.items(), key=lambda group: topics().get(group[0], "")))


def group_of(task: Task) -> str:
    return task.brief.topics[0]


@cache
def of_topic(topic: str) -> list[Task]:
    """The losses of a topic, those first of which it is the main one."""
    found = [task for task in by_title() if topic in task.brief.topics]
    return sorted(found, key=lambda task: group_of(task) != topic)


@cache
def by_title() -> list[Task]:
    return [task for tasks in by_group().values() for task in tasks]


@cache
def related(task: Task) -> list[Task]:
    """The losses that share most topics with it, those of its own group first."""
    own = set(task.brief.topics)
    others = [each for each in by_title() if each is not task and own & set(each.brief.topics)]

    def nearness(each: Task) -> tuple[int, int]:
        return -len(own & set(each.brief.topics)), group_of(each) != group_of(task)

    return sorted(others, key=nearness)[:RELATED]


@cache
def choices(task: Task) -> list[Choice]:
    """What the guides say on when to choose it."""
    return [
        Choice(topic, choice["when"], choice["take"])
        for topic, guide in guides().items()
        for choice in guide["choices"]
        if task.slug in choice.get("losses", ())
    ]


@cache
def terms(task: Task) -> list[Term]:
    """The words that are about it, and those of its own group."""
    about = [term for term in glossary().values() if task.slug in term.losses]
    guide = guides().get(group_of(task), {"terms": ()})
    nearby = [glossary()[slug] for slug in guide["terms"] if slug in glossary()]
    return [*about, *(term for term in nearby if term not in about)]


def facts(task: Task) -> list[str]:
    """What one must know: the shape and the laws."""
    return [*_shape(task), *(law.name for law in task.laws)]


def _shape(task: Task) -> Iterator[str]:
    if task.non_negative:
        yield "It is never negative."
    if task.convex:
        yield f"It is convex in {_moved(task)}."


def _moved(task: Task) -> str:
    return " and ".join(task.arguments[i].name for i in task.differentiated)


@cache
def mistakes(task: Task) -> dict[str, list[str]]:
    """The usual mistakes in words, by where they show."""
    found = {title: [m.sentence for m in task.misconceptions if m.family is family]
             for family, title in MISTAKES.items()}  # fmt: skip
    return {
        title: list(dict.fromkeys(sentences)) for title, sentences in found.items() if sentences
    }


@cache
def asked(task: Task) -> list[Asked]:
    """Questions that the row itself answers."""
    found = [Asked("What goes in, and what comes out?", _signature(task)), *_gradient(task)]
    if task.extremes:
        remedies = dict.fromkeys(extreme.remedy for extreme in task.extremes)
        found.append(Asked("How is it kept right for very large and very small numbers?",
                           " ".join(remedies)))  # fmt: skip
    found.append(Asked("Can it be negative?", "No." if task.non_negative else _sign(task)))
    return found


def _signature(task: Task) -> str:
    value = "one number for the whole batch" if task.function == "loss" else "a score for each row"
    return f"`{task.signature}` returns {value}. {task.domain}"


def _gradient(task: Task) -> Iterator[Asked]:
    if task.gradient is None:
        yield Asked("Is it trained on?", "No: it is a score to rank samples by, not a loss with a "
                    "gradient to follow.")  # fmt: skip
        return
    smooth = "No: it has kinks, where every slope between those of both sides is right."
    if task.subdifferential is None:
        smooth = f"The gradient with respect to {_moved(task)} has one right value everywhere."
    yield Asked("Is it differentiable everywhere?", smooth)
    yes, no = "Yes, in {}.", "It need not be: nothing here promises that it is convex in {}."
    yield Asked("Is it convex?", (yes if task.convex else no).format(_moved(task)))


def _sign(task: Task) -> str:
    if task.function == "score":
        return "That depends on the measure: see the rules."
    return "Yes, for some inputs; a value below zero is no sign of a bug."


def arguments(task: Task) -> list[dict[str, str]]:
    """Name, shape in words, and part of each positional argument."""
    return [
        {"name": each.name, "shape": _axes(each), "part": _part(each)} for each in task.arguments
    ]


def _axes(argument: Argument) -> str:
    if argument.shape.startswith("*"):
        return "any"
    return argument.shape.replace("*", "…").replace(" ", " by ")


def _part(argument: Argument) -> str:
    if argument.differentiate:
        return "the gradient is with respect to it"
    return "integers, taken as they are" if argument.labels else "taken as it is"


@cache
def examples(task: Task) -> list[dict[str, Any]]:
    return [{"code": as_code(task, e), "working": e.working} for e in task.examples[:1]]
