"""Checks of the role templates: their questions exist, fit together, the time, role and level."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from questions.files import ROLES, BadFile, Entry, Fault
from questions.role_templates import FOLDER, LENGTHS, Item, Template, paths, read

Asked = Sequence[tuple[Item, Entry]]
CHOICES = ("single_choice", "multiple_choice", "true_false")
# Expected minutes, in percent of the time limit: some are left to read and to look back.
EMPTIEST, FULLEST = 80, 95
# The share of the weight that code has.
LEAST_CODE, MOST_CODE = 1 / 3, 2 / 3
MOST_TASKS = 3
# Shares of the questions, the least that are easy and hard and the most.
DIFFICULTIES = {
    "junior": {"easy": (1 / 2, 9 / 10), "hard": (0, 1 / 10)},
    "senior": {"easy": (0, 1 / 5), "hard": (1 / 3, 1)},
}
# What each role is about, and how many of these topics a template of a length has at least.
ROLE_TOPICS = {
    "data-scientist": (
        *("regression", "classification", "evaluation", "business", "calibration", "imbalance"),
        *("likelihood", "loss-curves", "regularisation", "robustness"),
    ),
    "ai-engineer": (
        *("language-models", "preferences", "embeddings", "generative-models", "active-learning"),
        *("classification", "vision", "evaluation", "calibration", "business"),
    ),
    "deep-learning-engineer": (
        *("optimisation", "stability", "custom-losses", "gradient-checking", "loss-curves"),
        *("classification", "regularisation", "generative-models", "segmentation", "multi-task"),
    ),
    "machine-learning-engineer": (
        *("optimisation", "classification", "regression", "ranking", "evaluation", "imbalance"),
        *("custom-losses", "robustness", "margins", "gradient-checking"),
    ),
}
FEWEST_TOPICS = {"short": 4, "long": 6}
# Topics that say nothing of the idea of a coding task.
ANY_TASK = {"stability"}
# Words that two questions share, of those of the one that has fewer.
ALIKE = 0.45
_WORD = re.compile("[a-z]{4,}")
_EMPTY_WORDS = {
    *("candidate", "does", "each", "have", "knows", "loss", "losses", "model", "that", "they"),
    *("this", "what", "when", "where", "whether", "which", "with", "from"),
}


def faults(entries: Iterable[Entry], folder: Path = FOLDER) -> list[Fault]:
    """Return what is wrong in the templates of `folder`; `entries` are all questions there are."""
    known = {entry.slug: entry for entry in entries}
    found: list[Fault] = []
    templates: list[Template] = []
    for path in paths(folder):
        try:
            templates.append(read(path))
        except BadFile as bad:
            found += bad.faults
    for template in templates:
        found += _of_one(template, known)
    return [*found, *_asked_twice(templates)]


def _of_one(template: Template, known: Mapping[str, Entry]) -> Iterator[Fault]:
    yield from _names(template)
    yield from _questions(template, known)
    asked = [(item, known[item.question]) for item in template.items if item.question in known]
    yield from _minutes(template, asked)
    yield from _kinds(template, asked)
    yield from _code(template, asked)
    yield from _difficulties(template, asked)
    yield from _topics(template, asked)
    yield from _alike(template, asked)


def _names(template: Template) -> Iterator[Fault]:
    slug = "-".join(template.fields[name] for name in ("role", "level", "length"))
    if template.slug != slug or template.path.stem != slug:
        yield template.fault(("slug",), f"By its role, level and length it is called {slug!r}.")


def _questions(template: Template, known: Mapping[str, Entry]) -> Iterator[Fault]:
    seen: set[str] = set()
    for item in template.items:
        if item.question in seen:
            yield template.fault(item.field, f"{item.question!r} is asked twice: drop one.")
        seen.add(item.question)
        if sentence := _unfit(template.role, known.get(item.question)):
            yield template.fault(item.field, f"{item.question!r} {sentence}: name another.")


def _unfit(role: str, entry: Entry | None) -> str:
    """Say why a question can't be asked of `role`; nothing where it can."""
    if entry is None:
        return "is no question of the bank"
    status = entry.fields.get("status", "published")
    if status != "published":
        return f"is not published but {status.replace('_', ' ')}"
    if role not in entry.fields.get("roles", [role]):
        return f"is not for the role {ROLES[role]}"
    return ""


def _minutes(template: Template, asked: Asked) -> Iterator[Fault]:
    length = template.fields["length"]
    least, most = LENGTHS[length]
    if not least <= template.minutes <= most:
        yield template.fault(("minutes",), f"A {length} one takes {least} to {most} minutes.")
    expected = sum(entry.fields["minutes"] for _, entry in asked)
    if not EMPTIEST * template.minutes <= 100 * expected <= FULLEST * template.minutes:
        yield template.fault(
            ("minutes",),
            f"Its questions take {expected} minutes, which should be {EMPTIEST} to {FULLEST} % of "
            f"its {template.minutes}.",
        )


def _kinds(template: Template, asked: Asked) -> Iterator[Fault]:
    kinds = Counter(entry.fields["kind"] for _, entry in asked)
    for kind in ("numeric", "plot_reading", "coding"):
        if not kinds[kind]:
            yield template.fault(("sections",), f"It has no question of the kind {kind}.")
    if not any(kinds[kind] for kind in CHOICES):
        yield template.fault(("sections",), "It has no choice question.")
    if kinds["coding"] > MOST_TASKS:
        yield template.fault(("sections",), f"It has more than {MOST_TASKS} coding tasks.")
    yield from _read_by_people(template, kinds["open_text"])


def _read_by_people(template: Template, texts: int) -> Iterator[Fault]:
    """Who needs a score at once takes a short one."""
    if template.fields["length"] == "short" and texts:
        yield template.fault(("sections",), "A short one has no open text: its score is there.")
    if template.fields["length"] == "long" and not texts:
        yield template.fault(("sections",), "A long one has an open text.")


def _code(template: Template, asked: Asked) -> Iterator[Fault]:
    tasks = [(item, entry) for item, entry in asked if entry.fields["kind"] == "coding"]
    for (_, first), (item, second) in combinations(tasks, 2):
        if both := set(first.fields["topics"]) & set(second.fields["topics"]) - ANY_TASK:
            sentence = f"{second.slug!r} and {first.slug!r} are both on {min(both)}: name another."
            yield template.fault(item.field, sentence)
    share = sum(item.weight for item, _ in tasks) / sum(item.weight for item in template.items)
    if not LEAST_CODE <= share <= MOST_CODE:
        yield template.fault(
            ("sections",), f"Code has {share:.0%} of the weight: a third to two thirds is right."
        )


def _difficulties(template: Template, asked: Asked) -> Iterator[Fault]:
    counted = Counter(entry.fields["difficulty"] for _, entry in asked)
    level = template.fields["level"]
    for difficulty, (least, most) in DIFFICULTIES[level].items():
        share = counted[difficulty] / max(1, len(asked))
        if not least <= share <= most:
            yield template.fault(
                ("sections",),
                f"Of its questions {share:.0%} are {difficulty}; {level} ones have "
                f"{least:.0%} to {most:.0%}.",
            )


def _topics(template: Template, asked: Asked) -> Iterator[Fault]:
    touched = {topic for _, entry in asked for topic in entry.fields["topics"]}
    own = ROLE_TOPICS[template.role]
    fewest = FEWEST_TOPICS[template.fields["length"]]
    if len(touched & set(own)) < fewest:
        missing = ", ".join(topic for topic in own if topic not in touched)
        yield template.fault(
            ("sections",),
            f"It has fewer than {fewest} topics of the role; it lacks {missing}.",
        )


def _alike(template: Template, asked: Asked) -> Iterator[Fault]:
    """Two questions on one thing give away each other's answers, or ask for the same one twice."""
    words = [(item, entry.slug, _words(entry)) for item, entry in asked]
    for (_, first, a), (item, second, b) in combinations(words, 2):
        fewer = min(len(a), len(b))
        if fewer and len(a & b) >= ALIKE * fewer and first != second:
            yield template.fault(item.field, f"{second!r} is much like {first!r}: name another.")


def _words(entry: Entry) -> frozenset[str]:
    said = " ".join(str(entry.fields[name]) for name in ("title", "context", "prompt"))
    return frozenset(_WORD.findall(said.casefold())) - _EMPTY_WORDS


def _asked_twice(templates: Sequence[Template]) -> Iterator[Fault]:
    """Who passed the short one of a role may sit its long one next."""
    seen: dict[tuple[str, str], str] = {}
    for template in templates:
        for item in template.items:
            other = seen.setdefault((template.role, item.question), template.slug)
            if other != template.slug:
                sentence = f"{item.question!r} is asked in {other} of the same role: name another."
                yield template.fault(item.field, sentence)
