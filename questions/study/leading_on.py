"""From what went wrong to what can be read: the study pages that there are."""

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse

from grader.catalogue import CATALOGUE
from questions.files import topics
from questions.study.guides import guides


class Page(NamedTuple):
    title: str
    url: str


def topic_pages(slugs: Iterable[str]) -> list[Page]:
    """Return the page of each topic that has one, in the order of `slugs`."""
    return [
        Page(topics()[slug], reverse("study:topic", args=[slug]))
        for slug in slugs
        if slug in guides() and slug in topics()
    ]


def loss_pages(slugs: Iterable[str]) -> list[Page]:
    """Return the page of each loss of the catalogue, in the order of `slugs`."""
    return [
        Page(CATALOGUE[slug].title, reverse("study:loss", args=[slug]))
        for slug in slugs
        if slug in CATALOGUE
    ]
