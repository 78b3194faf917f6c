"""Review questions: those that a guide offers, and that no assessment asks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from questions.files import DIFFICULTIES
from questions.in_use import in_use
from questions.kinds import KINDS
from questions.models import Question, QuestionVersion
from questions.study.guides import offered

# A question with drawn numbers shows the same ones to everybody.
SEED = 1
LEVELS = {number: name for name, number in DIFFICULTIES.items()}
# Kinds that a page can show without a sitting around it: a figure or an editor it has not.
SHOWN = frozenset(KINDS) - {"coding", "plot_reading"}


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its answer, as a page shows it."""

    slug: str
    title: str
    kind: str
    level: str
    minutes: int
    asked: Mapping[str, Any]
    answer: Mapping[str, Any]


def free(slugs: Collection[str]) -> QuerySet[QuestionVersion]:
    """The versions to show of those questions among `slugs` that everybody may see.

    A question is shown when a guide offers it, all organisations share it, its newest version is
    published, and no assessment asks any version of it, or of a copy.
    """
    newest = QuestionVersion.objects.newest().published()
    shown = newest.filter(
        question__in=Question.objects.shared(),
        question__slug__in=offered().intersection(slugs),
        kind__in=SHOWN,
    )
    copied = Question.objects.filter(in_use()).order_by()
    for generation in ("copied_from", "copied_from__copied_from"):
        originals = copied.filter(**{f"{generation}__isnull": False})
        shown = shown.exclude(question__in=originals.values(generation))
    return shown.exclude(in_use("question")).select_related("question")


def by_level(slugs: Collection[str]) -> dict[str, list[Item]]:
    """Return the free questions among `slugs` by level; every level is there, if empty."""
    found: dict[str, list[Item]] = {level: [] for level in DIFFICULTIES}
    for version in free(slugs):
        found[LEVELS[version.question.difficulty]].append(_item(version))
    return found


def titles() -> list[tuple[str, str]]:
    """Return slug and title of every free question."""
    return list(free(offered()).values_list("question__slug", "title"))


def _item(version: QuestionVersion) -> Item:
    rules, content = version.rules, version.content
    return Item(
        version.question.slug,
        version.title,
        rules.title,
        LEVELS[version.question.difficulty],
        version.question.minutes,
        _shown(rules.context(content, SEED)),
        {**_shown(rules.review(content, {}, SEED)), "sources": content.get("sources", ())},
    )


def _shown(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The same under names that templates can ask for: in these, `items` is what a dict has."""
    return {**parts, "steps": parts.get("items", ())}
