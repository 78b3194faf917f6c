"""The study pages: whole, public, quick, and found by search."""

import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from grader.catalogue import CATALOGUE
from questions.files import ROLES, topics
from questions.models import Question, QuestionVersion
from questions.study import losses
from questions.study.guides import glossary, guides
from questions.study.searching import search

HEADINGS = ("Definition", "How it works", "What you must know", "Where it is met at work",
            "Review questions", "Related terms", "Often asked")  # fmt: skip
pytestmark = pytest.mark.django_db


def text_of(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("slug", CATALOGUE)
def test_the_page_of_a_loss_is_whole(client, slug):
    task = CATALOGUE[slug]

    page = text_of(client, "study:loss", slug)

    for heading in (
        *HEADINGS,
        "Move it",
        "Usual mistakes",
        "When to choose it",
        "Rules for code",
        "Source",
    ):
        assert f">{heading}<" in page or f'"{heading}"' in page, heading
    assert "<math" in page
    assert 'data-picture="picture-1"' in page
    assert losses.choices(task)
    assert len(losses.facts(task)) >= 3


@pytest.mark.parametrize("slug", topics())
def test_the_page_of_a_topic_is_whole(client, slug):
    page = text_of(client, "study:topic", slug)

    for heading in (*HEADINGS, "Move it", "When to choose what", "Related topics", "Sources"):
        assert f">{heading}<" in page or f'"{heading}"' in page, heading
    assert 'data-picture="picture-1"' in page
    assert all(role in page for role in ROLES.values())
    assert [level in page for level in (">Easy<", ">Medium<", ">Hard<")] == [True] * 3


def test_every_word_has_its_place_in_the_glossary(client):
    page = text_of(client, "study:glossary")

    assert len(glossary()) > 100
    for slug, term in glossary().items():
        assert f'id="{slug}"' in page
        assert f'href="#letter-{term.term[0].upper()}"' in page


def test_no_page_has_an_inline_script_or_style(client):
    for address in (
        reverse("study:index"), reverse("study:glossary"),
        reverse("study:loss", args=["huber"]), reverse("study:topic", args=["regression"]),
    ):  # fmt: skip
        page = client.get(address).content.decode()
        scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", page)
        assert (scripts, re.findall(r"\sstyle=|<style|\son\w+=", page)) == ([], [])


def test_links_between_pages_lead_somewhere(client):
    home = text_of(client, "study:index")
    page = home + text_of(client, "study:topic", "margins") + text_of(client, "study:loss", "focal")

    for address in sorted(set(re.findall(r'href="(/study/[^"#?]*)"', page))):
        assert client.get(address).status_code == 200, address


def test_the_start_page_leads_to_the_study_pages(client):
    assert reverse("study:index") in client.get("/").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_pages_are_for_reading(client, method):
    assert getattr(client, method)(reverse("study:index")).status_code == 405


@pytest.mark.parametrize(
    ("query", "address"),
    [
        pytest.param("huber", "/study/losses/huber/", id="title of a loss"),
        pytest.param("HUBER loss", "/study/losses/huber/", id="capitals"),
        pytest.param("cross entropy logits", "/study/losses/binary-cross-entropy-with-logits/",
                     id="words without the hyphen"),
        pytest.param("calibration", "/study/topics/calibration/", id="topic"),
        pytest.param("elbo", "/study/glossary/#variational-lower-bound", id="another name"),
        pytest.param("perplexity", "/study/glossary/#perplexity", id="word"),
        pytest.param("under MSLE", "/study/topics/regression/#question-msle-under-and-over",
                     id="title of a question"),
    ],
)  # fmt: skip
def test_search_finds(bank, client, query, address):
    found = [page.address for page in search(query)]

    assert address in found[:3]
    assert f'href="{address}"' in text_of(client, "study:index", q=query)


@pytest.mark.parametrize(
    "query", ["zebra", "?", "%", "<script>alert(1)</script>", "\x00", "a" * 500]
)
def test_a_search_for_nothing_says_so(client, query):
    page = text_of(client, "study:index", q=query)

    assert "<script>alert" not in page
    assert 'class="m-found"' not in page


@pytest.mark.parametrize("address", ["/study/losses/no-loss/", "/study/topics/no-topic/"])
def test_an_unknown_page_is_not_found(client, address):
    assert client.get(address).status_code == 404


def make_questions(count):
    """Published questions that all share, among them as many of a guide's as there are."""
    slugs = [*guides()["regression"]["review"], *(f"other-{n}" for n in range(count))][:count]
    questions = Question.objects.bulk_create(Question(slug=slug) for slug in slugs)
    now, content = timezone.now(), {"prompt": "Why?", "right": True, "rationale": "So.",
                                    "misconception": "No.", "official_answer": "So."}  # fmt: skip
    QuestionVersion.objects.bulk_create(
        QuestionVersion(question=question, number=1, kind="true_false", title=question.slug,
                        content=content, status="published", published_at=now)
        for question in questions
    )  # fmt: skip
    # A database that takes its tables for empty reads all of one for each row of another.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize("count", [1, 3, 10_000])
def test_pages_take_one_query_however_large_the_bank_is(client, django_assert_num_queries, count):
    make_questions(count)

    for address, queries in (
        ("/study/", 0),
        ("/study/?q=loss", 1),
        ("/study/glossary/", 0),
        ("/study/topics/regression/", 1),
        ("/study/losses/huber/", 1),
    ):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200
