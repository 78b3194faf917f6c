"""The candidate's pages in German: that nothing stays English in them, and what has to."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone, translation

from assessments import actions
from assessments.models import Attempt, Invitation, Submission
from assessments.templatetags.sitting import minutes
from questions import kinds
from questions.models import Topic
from questions.templatetags.scores import score
from tests.assessments.candidate.conftest import GERMAN
from tests.assessments.conftest import CHOICE, SOURCE, make_report
from tests.assessments.recruiter.conftest import PARTIAL
from tests.assessments.sectioned import begin, draft_of

# No German sentence has one of them, and hardly an English one does without.
ENGLISH = re.compile(
    r"\b(the|your|you|and|of|this|that|with|not|can|is|from|by|to|answered)\b", re.I
)
# What people typed or code says, and what is marked as English.
FOREIGN = "[lang=en], .m-code, pre, code, kbd, textarea, script, style, .m-formula"


def spoken(response):
    """What a German page says in German: its text and the names for screen readers."""
    page = BeautifulSoup(response.text, "html.parser")
    for element in page.select(FOREIGN):
        element.decompose()
    named = page.select("[aria-label], [title], [placeholder]")
    labels = [each.get(name, "") for each in named for name in ("aria-label", "placeholder")]
    return " ".join([page.get_text(" "), *labels])


def assert_german(response):
    found = spoken(response)
    assert ENGLISH.findall(found) == [], [
        found[max(0, m.start() - 60) : m.end() + 60] for m in ENGLISH.finditer(found)
    ]
    assert 'lang="de"' in response.text.partition(">")[2][:80]
    assert response["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


# Every page ---------------------------------------------------------------------------------------

BEFORE = ["", "check/", "accommodation/", "data/", "practice/", "practice/1/", "practice/2/"]


@pytest.mark.parametrize("rest", [*BEFORE, "practice/1/feedback/"])
def test_before_the_start_all_is_german(german, sit, rest):
    assert_german(german.get(sit(rest)))


@pytest.mark.parametrize(
    "granted",
    [
        {"extra_percent": 25, "extra_minutes": 5, "break_minutes": 10, "large_type": True},
        {"untimed": True},
    ],
    ids=["more time", "no limit"],
)
@pytest.mark.parametrize("assistants", ["forbidden", "declared", "allowed"])
def test_grants_rules_and_sections_are_german(german, organisation, granted, assistants):
    version = draft_of(
        organisation, {"minutes": 20, "order": "fixed"}, {"minutes": 10, "asks": "code"}
    )
    type(version).objects.filter(pk=version.pk).update(
        assistants=assistants, notes_allowed=assistants == "allowed", max_submissions=3
    )
    actions.publish_assessment(version)
    invitation = actions.invite(version, "Ada", "ada@example.com")
    actions.grant_accommodation(invitation, made_by=None, **granted)

    assert_german(german.get(invitation.get_absolute_url()))


@pytest.mark.parametrize("state", ["revoked", "sent"])
def test_a_closed_invitation_says_so_in_german(german, invitation, sit, state):
    past = timezone.now() - timedelta(days=1)
    Invitation.objects.update(state=state, expires_at=past)

    assert_german(german.get(sit()))


def test_a_whole_sitting_is_german(german, client, sit, attempt, coding_question):
    actions.grant_accommodation(attempt.invitation, made_by=None, break_minutes=10)
    for rest in ["", "questions/1/", "questions/2/", "review/", "break/"]:
        assert_german(german.get(sit(rest)))
    for purpose in (Submission.Purpose.RUN, Submission.Purpose.SUBMIT):
        actions.submit_code(attempt, coding_question, SOURCE, purpose)
    assert_german(german.get(sit("questions/2/")))
    for submission in attempt.submissions.all():
        assert actions.store_report(str(submission.pk), submission.ticket, PARTIAL)
    for rest in ["questions/2/", "questions/2/history/"]:
        assert_german(german.get(sit(rest)))
    german.post(sit("break/start/"))
    assert_german(german.get(sit("break/")))
    german.post(sit("break/end/"))
    german.post(sit("finish/"))
    assert_german(german.get(sit("done/")))
    assert_german(german.get(sit("data/")))


def test_the_pages_of_sections_are_german(german, organisation):
    version = draft_of(organisation, {"minutes": 20, "order": "fixed"}, {"minutes": 10})
    actions.publish_assessment(version)
    attempt = begin(version)
    url = attempt.invitation.get_absolute_url()

    assert_german(german.get(f"{url}sections/1/"))
    german.post(f"{url}sections/1/start/")
    assert_german(german.get(f"{url}questions/1/"))
    assert_german(german.get(f"{url}review/"))
    german.post(f"{url}sections/1/finish/")
    assert_german(german.get(f"{url}sections/2/"))


@pytest.mark.parametrize("feedback", ["none", "verdict", "families", "full"])
def test_every_outcome_is_german(german, sit, attempt, choice_question, coding_question, feedback):
    topic = Topic.objects.create(slug="regression", title="Losses")
    choice_question.question_version.question.topics.add(topic)
    actions.save_answer(attempt, choice_question, {"option": "b"}, 0)
    actions.submit_code(attempt, coding_question, SOURCE, Submission.Purpose.SUBMIT)
    actions.finish_attempt(attempt)
    assert_german(german.get(sit("done/")))
    for submission in attempt.submissions.all():
        assert actions.store_report(str(submission.pk), submission.ticket, PARTIAL)
    assert_german(german.get(sit("done/")))


def test_the_time_that_was_up_is_told_in_german(german, sit, attempt):
    past = timezone.now() - timedelta(minutes=5)
    Attempt.objects.update(started_at=past - timedelta(hours=1), deadline=past)

    assert_german(german.get(sit("done/")))


@pytest.mark.parametrize(
    ("rest", "form", "said"),
    [
        ("start/", {}, "Bitte stimmen Sie vor dem Start"),
        ("start/", {"consent": "on", "notice": "x"}, "Bitte lesen Sie noch einmal."),
        ("accommodation/", {"text": ""}, "Bitte schreiben Sie, was Sie brauchen."),
        ("accommodation/", {"text": "x" * 2001}, "höchstens 2000 Zeichen"),
    ],
    ids=["no consent", "other words", "nothing asked", "too much asked"],
)
def test_mistakes_before_the_start_are_named_in_german(german, sit, rest, form, said):
    page = german.post(sit(rest), form)

    assert said in page.text
    assert_german(page)


def test_refusals_during_the_sitting_are_german(german, sit, save, attempt):
    save(1, {"option": "a"}, 0)
    assert_german(german.post(sit("questions/1/"), {"option": "b", "revision": "0"}))
    assert_german(german.post(sit("questions/1/"), {"option": "nonsense", "revision": "1"}))
    for _ in range(3):
        page = german.post(sit("questions/2/run/"), {"source": SOURCE, "revision": "0"})
    assert "Ihr letzter Lauf ist noch unterwegs." in page.text or page.status_code == 302


def test_drafts_are_refused_in_german(german, sit, attempt):
    url = sit("questions/1/draft/")
    body = {"content": {"option": "nonsense"}, "revision": 0}

    refused = german.put(url, body, content_type="application/json")

    assert refused.json() == {"detail": "Das ist keine Option dieser Frage."}
    actions.finish_attempt(attempt)
    closed = german.put(url, body, content_type="application/json").json()["detail"]
    assert re.fullmatch(r"Dieser Versuch wurde um \d\d:\d\d UTC geschlossen\.", closed)


def test_thanks_are_german(german, sit, attempt):
    actions.finish_attempt(attempt)

    german.post(sit("done/rating/"), {"stars": "4", "text": ""})
    response = german.post(sit("done/problem/"), {"about": "", "problem": "Es ging nicht."})

    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert said[-1] == "Vielen Dank. Ihre Meldung ist bei Acme angekommen und wird angesehen."
    assert_german(german.get(sit("done/")))


def test_pages_that_are_not_there_are_german(german, db):
    assert_german(german.get("/sit/no-such-link/"))


def test_a_form_without_its_secret_says_so_in_german(invitation):
    client = Client(enforce_csrf_checks=True, headers=GERMAN)

    page = client.post(f"{invitation.get_absolute_url()}start/", {"consent": "on"})

    assert "Dieses Formular war zu lange offen" in page.text
    assert_german(page)


# What is English, and says so ---------------------------------------------------------------------


def test_questions_stay_english_and_say_so(german, sit, attempt):
    page = BeautifulSoup(german.get(sit("questions/1/")).text, "html.parser")

    for text in (CHOICE["prompt"], CHOICE["options"][0]["text"]):
        [found] = page.find_all(string=text)
        assert found.find_parent(lang=True)["lang"] == "en"
    assert page.h1["lang"] == "en"


def test_what_the_grader_says_is_marked_as_english(german, sit, attempt, coding_question):
    report = make_report(0.5, "partial", diagnosis=["It forgets the mean."])
    run = actions.submit_code(attempt, coding_question, SOURCE, Submission.Purpose.RUN)
    assert actions.store_report(str(run.pk), run.ticket, report)

    page = BeautifulSoup(german.get(sit("questions/2/")).text, "html.parser")

    for text in ("It forgets the mean.", "Fine."):
        [found] = page.find_all(string=text)
        assert found.find_parent(lang=True)["lang"] == "en"


def test_the_invitation_says_that_questions_are_english(client, german, sit):
    assert "Die Fragen sind auf Englisch," in german.get(sit()).text
    assert "questions are in English" not in client.get(sit()).text


def test_what_a_candidate_agreed_to_is_kept_in_their_language(german, sit, invitation):
    form = {"consent": "on", "notice": german.get(sit()).context["notice"]}

    german.post(sit("start/"), form)

    assert "Keine Kamera, kein Mikrofon" in Attempt.objects.get().consented_to


# Numbers and times --------------------------------------------------------------------------------


def test_plural_forms():
    with translation.override("de"):
        told = [minutes(timedelta(minutes=number)) for number in (0, 1, 2)]
    assert told == ["weniger als eine Minute", "1 Minute", "2 Minuten"]


@pytest.mark.parametrize("feedback", ["full"])
def test_scores_have_a_german_comma_and_attributes_a_point(german, sit, attempt, coding_question):
    with translation.override("de"):
        assert score(0.6197) == "61,9 %"
    actions.submit_code(attempt, coding_question, SOURCE, Submission.Purpose.SUBMIT)
    actions.finish_attempt(attempt)
    for submission in attempt.submissions.all():
        assert actions.store_report(str(submission.pk), submission.ticket, PARTIAL)

    page = BeautifulSoup(german.get(sit("done/")).text, "html.parser")

    assert re.search(r"\d,\d %", page.get_text())
    values = [bar["value"] for bar in page.select("progress")]
    assert values
    assert all(re.fullmatch(r"\d(\.\d+)?", value) for value in values)


@pytest.mark.parametrize("rest", ["", "questions/1/", "questions/2/", "review/", "done/"])
def test_attributes_for_scripts_are_never_translated(client, german, sit, save, attempt, rest):
    save(1, {"option": "a"}, 0)
    if rest == "done/":
        actions.finish_attempt(attempt)

    def attributes(response):
        page = BeautifulSoup(response.text, "html.parser")
        return [
            (element.name, name, element[name])
            for element in page.find_all(True)
            for name in element.attrs
            if name not in ("data-now", "data-announced", "data-local", "data-nonce")
            and (name.startswith(("data-", "hx-")) or name in ("min", "max", "step", "datetime"))
        ]

    assert attributes(german.get(sit(rest))) == attributes(client.get(sit(rest)))


def test_times_are_german_and_name_their_zone(german, sit, invitation):
    moment = timezone.now().replace(2027, 10, 8, 23, 5)
    Invitation.objects.update(expires_at=moment)

    page = german.get(sit()).text

    assert "8. Oktober 2027" in page
    assert "23:05 UTC" in page


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_has_a_german_name(kind):
    title = kinds.get(kind).title
    with translation.override("de"):
        assert translation.gettext(title) != title
