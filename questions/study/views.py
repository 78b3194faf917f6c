"""The study pages. Anybody may read them, and they show what anybody may know."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from grader.catalogue import CATALOGUE
from questions.files import ROLES, topics
from questions.study import losses, review
from questions.study.guides import Term, glossary, guides
from questions.study.searching import search
from questions.study.tables import shown


@require_safe
@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip().replace("\x00", "")
    context = {
        "query": query,
        "found": search(query),
        "topics": [(slug, title, guides()[slug]["card"]) for slug, title in topics().items()
                   if slug in guides()],
        "groups": [(topics()[slug], tasks) for slug, tasks in losses.by_group().items()],
    }  # fmt: skip
    return render(request, "study/index.html", context)


@require_safe
@login_not_required
def glossary_list(request: HttpRequest) -> HttpResponse:
    letters = groupby(glossary().values(), key=lambda term: term.term[0].upper())
    context = {"letters": [(letter, [_linked(t) for t in found]) for letter, found in letters]}
    return render(request, "study/glossary.html", context)


@require_safe
@login_not_required
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in guides() or slug not in topics():
        raise Http404
    guide = guides()[slug]
    context = {
        "title": topics()[slug],
        "guide": guide,
        "choices": [(c, [CATALOGUE[s] for s in c.get("losses", ()) if s in CATALOGUE])
                    for c in guide["choices"]],
        "picture": _picture(guide["picture"]["loss"]),
        "losses": losses.of_topic(slug),
        "terms": [glossary()[term] for term in guide["terms"] if term in glossary()],
        "related": _titled(guide["related"]),
        "roles": _roles(guide),
        "review": review.by_level(guide["review"]),
    }  # fmt: skip
    return render(request, "study/topic.html", context)


@require_safe
@login_not_required
def loss_detail(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in CATALOGUE:
        raise Http404
    task = CATALOGUE[slug]
    guide = guides().get(losses.group_of(task), {})
    context = {
        "task": task,
        "group": losses.group_of(task),
        "group_title": topics()[losses.group_of(task)],
        "topics": _titled(task.brief.topics),
        "arguments": losses.arguments(task),
        "facts": losses.facts(task),
        "mistakes": losses.mistakes(task),
        "examples": losses.examples(task),
        "pictures": shown(task),
        "choices": losses.choices(task),
        "asked": losses.asked(task),
        "terms": losses.terms(task),
        "related": losses.related(task),
        "roles": _roles(guide),
        "review": review.by_level(guide.get("review", ())),
    }
    return render(request, "study/loss.html", context)


def _picture(slug: str) -> dict[str, Any] | None:
    """The first picture of a loss, with the loss itself."""
    task = CATALOGUE.get(slug)
    return {**shown(task)[0], "task": task} if task else None


def _titled(slugs: Any) -> list[tuple[str, str]]:
    return [(slug, topics()[slug]) for slug in slugs if slug in topics()]


def _roles(guide: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(ROLES[role], text) for role, text in guide.get("roles", {}).items() if role in ROLES]


def _linked(term: Term) -> dict[str, Any]:
    """A word with what it leads on to, as address and title."""
    return {
        "term": term,
        "topics": _titled(term.topics),
        "losses": [CATALOGUE[slug] for slug in term.losses if slug in CATALOGUE],
        "see": [glossary()[slug] for slug in term.see if slug in glossary()],
    }
