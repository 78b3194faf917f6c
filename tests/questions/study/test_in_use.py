"""Questions in use never show on a study page: on none, in no search, at no address."""

from html import unescape

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from assessments.actions import publish_assessment
from grader.catalogue import CATALOGUE
from questions import in_use
from questions.actions import withdraw
from questions.files import topics
from questions.models import Question, QuestionVersion
from questions.study import guides, review
from questions.study.losses import by_group

OFFERED = "quantile-asymmetry"


def published(slug):
    return QuestionVersion.objects.latest_of(slug)


def whole_site(client, tasks=None):
    """What the study pages say, and what a search for the longest word of each title finds.

    Losses of one group show the same questions: where `tasks` names none, one of each is read.
    """
    tasks = tasks or [found[0].slug for found in by_group().values()]
    addresses = [reverse("study:index"), reverse("study:glossary")]
    addresses += [reverse("study:topic", args=[slug]) for slug in topics()]
    addresses += [reverse("study:loss", args=[slug]) for slug in tasks]
    titles = QuestionVersion.objects.values_list("title", flat=True)
    words = {max(title.split(), key=len) for title in titles}
    pages = [client.get(address) for address in addresses]
    pages += [client.get(reverse("study:index"), {"q": word}) for word in sorted(words)]
    assert {page.status_code for page in pages} == {200}
    return "\n".join(page.content.decode() for page in pages)


def is_shown(site, version):
    return any(trace in site for trace in (version.title, f"question-{version.question.slug}"))


def test_what_a_guide_offers_is_shown_and_nothing_else_is(bank, client):
    site = whole_site(client)

    shown = {slug for slug in bank if is_shown(site, published(slug))}

    assert shown == bank - {"rmse-and-its-unit"}


@pytest.mark.parametrize("state", ["draft", "published"])
def test_a_question_in_an_assessment_shows_nowhere(bank, ask, client, state):
    version = published(OFFERED)
    asked = ask(version)
    if state == "published":
        publish_assessment(asked)

    site = whole_site(client, CATALOGUE)

    assert not is_shown(site, version)
    assert is_shown(site, published("msle-of-one-sale"))


def test_an_older_version_in_use_hides_the_newest(bank, ask, client):
    old = published(OFFERED)
    publish_assessment(ask(old))
    new = QuestionVersion.objects.create(
        question=old.question, number=2, kind=old.kind, title="A title that is new",
        content=old.content, status="published", published_at=old.published_at,
    )  # fmt: skip

    assert not is_shown(whole_site(client), new)


@pytest.mark.parametrize("generations", [1, 2])
def test_a_copy_in_use_hides_its_original(bank, ask, client, generations):
    version = published(OFFERED)
    organisation = ask(published("msle-of-one-sale")).assessment.organisation
    question = version.question
    for number in range(generations):
        question = Question.objects.create(
            organisation=organisation, slug=f"ours-{number}", copied_from=question
        )
    copy = QuestionVersion.objects.create(
        question=question, number=1, kind=version.kind, title="Ours", content=version.content,
        status="published", published_at=version.published_at,
    )  # fmt: skip
    publish_assessment(ask(copy))

    assert not is_shown(whole_site(client), version)


def test_an_organisations_own_question_of_an_offered_slug_is_not_shown(bank, ask, client):
    version = published(OFFERED)
    organisation = ask(published("msle-of-one-sale")).assessment.organisation
    own = Question.objects.create(organisation=organisation, slug=OFFERED)
    QuestionVersion.objects.create(
        question=own, number=1, kind=version.kind, title="A secret of theirs",
        content=version.content, status="published", published_at=version.published_at,
    )  # fmt: skip

    assert "A secret of theirs" not in whole_site(client)


@pytest.mark.parametrize("status", ["retired", "leaked"])
def test_a_withdrawn_question_shows_nowhere(bank, client, status):
    version = published(OFFERED)
    withdraw(version.question, status)

    assert not is_shown(whole_site(client), version)


def test_a_draft_of_a_question_shows_nowhere(bank, client):
    version = published(OFFERED)
    QuestionVersion.objects.create(
        question=version.question, number=2, kind=version.kind, title="Not reviewed yet",
        content=version.content,
    )  # fmt: skip

    site = whole_site(client)

    assert "Not reviewed yet" not in site


@pytest.mark.parametrize(
    "address",
    [
        "/study/questions/",
        "/study/questions/{slug}/",
        "/study/{slug}/",
        "/study/topics/{slug}/",
        "/study/losses/{slug}/",
        "/study/losses/{code}/",
        "/study/glossary/{slug}/",
    ],
)
def test_no_address_leads_to_a_question(bank, ask, client, address):
    publish_assessment(ask(published(OFFERED)))

    assert client.get(address.format(slug=OFFERED, code="code-huber")).status_code == 404


@pytest.mark.parametrize("query", [OFFERED, "question-" + OFFERED, "title"])
def test_no_search_finds_a_question_in_use(bank, ask, client, query):
    version = published(OFFERED)
    publish_assessment(ask(version))
    query = version.title if query == "title" else query

    page = client.get(reverse("study:index"), {"q": query}).content.decode()

    assert f"#question-{OFFERED}" not in page
    assert f">{version.title}</a>" not in page


def test_the_page_of_a_loss_tells_nothing_of_its_coding_question(client, db):
    for task in CATALOGUE.values():
        page = unescape(client.get(reverse("study:loss", args=[task.slug])).content.decode())
        assert task.brief.prompt[:60] not in page
        assert task.brief.context not in page
        lines = {line.strip() for variant in task.variants for line in variant.source.split("\n")}
        returned = {line for line in lines if line.startswith("return ")}
        assert not {line for line in returned if line in page}


def test_where_nobody_says_what_is_in_use_nothing_is_shown(bank, monkeypatch):
    monkeypatch.setattr(in_use, "_tellers", [])

    with pytest.raises(ImproperlyConfigured):
        list(review.free({OFFERED}))


def test_a_level_without_a_free_question_says_so(bank, ask, client):
    for slug in guides.guides()["robustness"]["review"]:
        ask(published(slug))

    page = client.get(reverse("study:topic", args=["robustness"])).content.decode()

    assert page.count("No question of this level is free") == 3
