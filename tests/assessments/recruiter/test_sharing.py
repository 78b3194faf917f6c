import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from assessments import actions
from assessments.actions.sharing import VIEWS_A_MINUTE
from assessments.addresses import network_of
from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    AuditEntry,
    ShareLink,
    ShareView,
)
from assessments.recruiter.shared.wordless import wordless
from assessments.recruiter.viewer import alias_of
from tests.assessments.conftest import make_question, words
from tests.assessments.recruiter.conftest import PARTIAL

SOURCE = '''\
def loss(y_true, y_pred, delta=1.0):
    """Written by Ada Lovelace."""
    # ada@example.com knows
    name = f"by {y_true} Lovelace"
    return y_pred - y_true
'''
FORM = {"name": "Hiring manager", "days": "14"}


@pytest.fixture
def attempt(make_attempt):
    return make_attempt("Ada Lovelace", PARTIAL, source=SOURCE, option="b")


@pytest.fixture
def member(make_member):
    return make_member(email="o@acme.example", role="owner")


@pytest.fixture
def shared(member):
    """Makes a link to attempts; returns the link and a stranger's way to it."""

    def make(*attempts, days=14, **fields):
        link, secret = actions.share(attempts, by=member, days=days, name="Ms Doe", **fields)
        return link, f"/share/{secret}/"

    return make


def test_a_link_is_made_from_a_report_and_shown_once(recruiter, attempt):
    page = f"/desk/share/{attempt.pk}/"
    response = recruiter.post(page, FORM, follow=True)

    address = response.context["address"]
    assert response.redirect_chain == [(page, 302)]
    assert address in response.content.decode()
    link = ShareLink.objects.get()
    assert link.digest not in address
    assert link.created_by.email == "r@acme.example"
    assert link.expires_at - timezone.now() > timedelta(days=13.9)
    assert not link.shows_personal_data
    for again in (page, "/desk/shared/"):
        assert address not in recruiter.get(again).content.decode()
    assert ShareLink.objects.count() == 1
    assert Client().get(address.partition("localhost:8000")[2]).status_code == 200


def test_the_secret_comes_back_to_an_address_that_a_browser_writes_in_other_letters(
    recruiter, attempt
):
    page = quote(f"/desk/share/{{{attempt.pk}}}/")

    made = recruiter.post(page, FORM)

    assert made.cookies["shown_once"]["path"] == page
    shown = recruiter.get(page)
    assert shown.context["address"]
    assert (shown.cookies["shown_once"].value, shown.cookies["shown_once"]["path"]) == ("", page)


@pytest.mark.parametrize("days", ["0", "91", "", "x"])
def test_a_link_lasts_from_a_day_to_ninety(recruiter, attempt, days):
    response = recruiter.post(f"/desk/share/{attempt.pk}/", FORM | {"days": days})

    assert response.status_code == 422
    assert not ShareLink.objects.exists()


def test_the_page_needs_no_account_and_says_who_shares_what(attempt, shared):
    _, address = shared(attempt)

    page = Client().get(address)

    said = words(page)
    assert f"Candidate {alias_of(attempt)}" in said
    assert "Acme shares it with you until" in said
    assert "Its gradient is that of the sum." in said
    assert "4 of 4" in said


def test_the_page_says_how_sure_the_score_is(attempt, shared):
    _, way = shared(attempt)

    text = words(Client().get(way))

    # Of weights 1 and 3 with shares 0 and 0.769231: Wilson's interval with n = 1.6.
    assert "would probably lie between 13 % and 92 %." in text
    assert "this score alone does not settle" in text


def test_nothing_personal_is_shown_unless_that_was_chosen(attempt, shared):
    (_, bare), (_, whole) = shared(attempt), shared(attempt, shows_personal_data=True)

    hidden, named = (Client().get(address).content.decode() for address in (bare, whole))

    for secret in ("Ada", "ada@", "Lovelace", "c0@example.com"):
        assert secret not in hidden
    assert "Ada Lovelace" in named
    assert "c0@example.com" in named
    assert "ada@example.com knows" in named


def test_the_page_shows_less_than_the_report_of_members(attempt, shared, recruiter, member):
    actions.add_comment(attempt, None, "Between us: no.", by=member)
    _, address = shared(attempt, shows_personal_data=True)

    html = Client().get(address).content.decode()
    report = recruiter.get(attempt.get_absolute_url()).content.decode()

    # A check's name, sentence and numbers; options, rationales and official answers; the solution.
    for hidden in ("grad against differences", "expected 0.5 (ratio", "Neither", "official answer"):
        assert hidden in report
        assert hidden not in html
    assert "Between us" not in html
    assert "Timeline" not in html


def test_a_written_answer_is_shown_with_personal_data_alone(shared, essay):
    (_, bare), (_, whole) = shared(essay), shared(essay, shows_personal_data=True)

    assert "I am Ada and say so." not in words(Client().get(bare))
    assert "I am Ada and say so." in words(Client().get(whole))


@pytest.fixture
def essay(organisation):
    """An attempt whose only question is answered in words."""
    content = {
        "context": "Whether they say so.", "prompt": "Why?", "official_answer": "So.",
        "rubric": [{"key": key, "text": "Says so.", "points": 1} for key in "ab"],
    }  # fmt: skip
    assessment = Assessment.objects.create(organisation=organisation, slug="words")
    version = AssessmentVersion.objects.create(assessment=assessment, number=1, minutes=30)
    question = AssessmentQuestion.objects.create(
        version=version, question_version=make_question("why", "open_text", content), position=1
    )
    actions.publish_assessment(version)
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))
    actions.save_answer(attempt, question, {"text": "I am Ada and say so."}, 0)
    return actions.finish_attempt(attempt)


def test_several_attempts_are_shown_side_by_side_without_names(make_attempt, shared):
    attempts = [make_attempt(name, PARTIAL) for name in ("Ada", "Ben")]
    _, address = shared(*attempts)

    page = Client().get(address)

    said = words(page)
    assert "2 candidates side by side" in said
    for attempt in attempts:
        assert alias_of(attempt) in said
        assert attempt.candidate.name not in said
    assert attempts[0].get_absolute_url() not in page.content.decode()


def test_no_machine_keeps_the_page_or_learns_its_address(attempt, shared):
    page = Client().get(shared(attempt)[1])

    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert "private" in page["Cache-Control"]
    assert not page.cookies


@pytest.mark.parametrize("ending", ["revoked", "expired", "erased"])
def test_a_link_that_has_ended_says_so_kindly(attempt, shared, member, ending):
    link, address = shared(attempt)
    if ending == "revoked":
        actions.revoke_share(link, by=member)
    elif ending == "expired":
        ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        actions.erase_candidate(attempt.candidate)

    page = Client().get(address)

    assert page.status_code == 410
    assert "This link has ended" in words(page)
    assert "Its gradient" not in words(page)
    assert not ShareView.objects.exists()


def test_an_address_that_was_never_made_is_a_404_with_advice(db):
    page = Client().get("/share/nothing/")

    assert page.status_code == 404
    assert "check that the whole link was copied" in words(page)


def test_every_view_is_noted_with_its_network_only(attempt, shared, recruiter):
    link, address = shared(attempt)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    for remote in ("203.0.113.77", "2001:db8:1:2:3::4"):
        Client(REMOTE_ADDR=remote, HTTP_USER_AGENT=agent).get(address)

    said = words(recruiter.get(f"/desk/shared/{link.pk}/"))

    assert "203.0.113.0/24" in said
    assert "2001:db8:1::/48" in said
    assert "Firefox on Linux" in said
    assert "203.0.113.77" not in said
    [look] = AuditEntry.objects.looks().filter(target_id=str(attempt.pk))
    assert (look.member, look.detail) == (None, {"what": "share"})
    assert "2 times" in words(recruiter.get("/desk/shared/"))


def test_a_page_that_is_loaded_by_a_machine_has_to_wait(attempt, shared):
    _, address = shared(attempt)
    client = Client()

    answers = [client.get(address).status_code for _ in range(VIEWS_A_MINUTE + 1)]

    assert answers == [200] * VIEWS_A_MINUTE + [429]
    ShareView.objects.update(at=timezone.now() - timedelta(minutes=2))
    assert client.get(address).status_code == 200


def test_a_link_is_revoked_for_good_and_both_are_in_the_log(recruiter, attempt, shared):
    link, _ = shared(attempt)

    for _ in range(2):
        assert recruiter.post(f"/desk/shared/{link.pk}/revoke/").status_code == 302

    link.refresh_from_db()
    assert not link.is_open
    verbs = list(AuditEntry.objects.changes().filter(target_kind="sharelink").values_list("verb"))
    assert sorted(verbs) == [("link.revoked",), ("link.shared",)]


def test_who_is_no_manager_shares_nothing(sign_in, attempt, shared):
    link, _ = shared(attempt)
    for number, role in enumerate(["reviewer", "author"]):
        client = sign_in(role, email=f"m{number}@acme.example")
        for address in (f"share/{attempt.pk}/", "shared/", f"shared/{link.pk}/"):
            assert client.get(f"/desk/{address}").status_code == 404


def test_what_goes_on_or_is_anothers_cannot_be_shared(
    recruiter, make_attempt, stranger, make_version
):
    running = make_attempt("Ada", finish=False)
    other = actions.start_attempt(actions.invite(make_version(stranger), "Eve", "e@x.example"))

    going_on = recruiter.post(f"/desk/share/{running.pk}/", FORM)
    foreign = recruiter.post(f"/desk/share/{other.pk}/", FORM)
    nothing = [recruiter.get(f"/desk/share/{keys}/") for keys in (",", "x")]

    assert going_on.status_code == 422
    assert "once its attempt is over" in words(going_on)
    assert [page.status_code for page in (foreign, *nothing)] == [404, 404, 404]
    assert not ShareLink.objects.exists()


def test_the_report_tells_managers_of_open_links(recruiter, sign_in, attempt, shared):
    reviewer = sign_in("reviewer", email="v@acme.example")
    shared(attempt)

    assert "shared by 1 open link" in words(recruiter.get(attempt.get_absolute_url()))
    assert "open link" not in words(reviewer.get(attempt.get_absolute_url()))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_any_number_of_links(
    recruiter, attempt, shared, count, django_assert_max_num_queries
):
    for _ in range(count):
        Client().get(shared(attempt)[1])

    with django_assert_max_num_queries(12):
        page = recruiter.get("/desk/shared/")

    assert len(page.context["page"]) == count


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.9", "198.51.100.0/24"),
        ("::ffff:198.51.100.9", "198.51.100.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_of_an_address_the_network_is_kept(address, network):
    assert network_of(address) == network


def test_code_without_words_keeps_its_shape():
    bare = wordless(SOURCE)

    assert not re.search("Ada|ada|Lovelace|knows", bare)
    assert "return y_pred - y_true" in bare
    assert "# …" in bare
    assert 'name = "…"{y_true}"…"' in bare
