"""Search over losses, topics, the glossary, and the questions that everybody may see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from questions.files import topics
from questions.study import losses, review
from questions.study.guides import glossary, guides

LONGEST = 100
MOST = 60


@dataclass(frozen=True, slots=True)
class Page:
    """What a search can find.

    Attributes:
        sort: loss, topic, word or question.
        names: by which one looks for it, in small letters.
        text: what else is said of it.
    """

    sort: str
    title: str
    address: str
    excerpt: str
    names: str
    text: str = ""


def search(query: str) -> list[Page]:
    """Return the pages that have every word of `query`, those that are called so first."""
    words = re.findall(r"\w+", query[:LONGEST].casefold().replace("-", " "))
    if not words:
        return []
    pages = [*_shipped(), *_questions()]
    ranked = [(rank, page) for page in pages if (rank := _rank(page, words)) is not None]
    ranked.sort(key=lambda each: each[0])
    return [page for _, page in ranked[:MOST]]


def _rank(page: Page, words: list[str]) -> tuple[int, int] | None:
    whole = " ".join(words)
    if not all(word in page.names or word in page.text for word in words):
        return None
    if re.search(rf"\b{re.escape(whole)}\b", page.names):
        return 0, len(page.title)
    return (1 if all(word in page.names for word in words) else 2), 0


@cache
def _shipped() -> tuple[Page, ...]:
    return (*_topics(), *_losses(), *_words())


def _topics() -> Iterator[Page]:
    for slug, title in topics().items():
        if guide := guides().get(slug):
            address = reverse("study:topic", args=[slug])
            text = _small(guide["card"], guide["how"], *guide["facts"])
            yield Page("topic", title, address, guide["card"], _small(title, slug), text)


def _losses() -> Iterator[Page]:
    for task in losses.by_title():
        named = [topics()[slug] for slug in task.brief.topics]
        about = [term for term in glossary().values() if task.slug in term.losses]
        names = [name for term in about for name in (term.term, *term.also)]
        yield Page(
            "loss",
            task.title,
            reverse("study:loss", args=[task.slug]),
            task.sentence,
            _small(task.title, task.slug, *names),
            _small(task.sentence, *named),
        )


def _words() -> Iterator[Page]:
    address = reverse("study:glossary")
    for term in glossary().values():
        names = _small(term.term, term.slug, *term.also)
        text = _small(term.definition)
        yield Page("word", term.term, f"{address}#{term.slug}", term.definition, names, text)


def _questions() -> Iterator[Page]:
    homes = {slug: topic for topic, guide in guides().items() for slug in guide["review"]}
    for slug, title in review.titles():
        address = f"{reverse('study:topic', args=[homes[slug]])}#question-{slug}"
        excerpt = f"A review question on {topics()[homes[slug]].lower()}."
        yield Page("question", title, address, excerpt, _small(title))


def _small(*parts: str) -> str:
    return " ".join(parts).casefold().replace("-", " ")
