"""Decisions, scores set by people and comments: what members see, and who may do what."""

import re

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Attempt, Comment, Decision, Email, Override
from tests.assessments.conftest import make_report, words
from tests.assessments.recruiter.conftest import signed_in

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>{{ 7|add:1 }}"


@pytest.fixture
def graded(make_attempt):
    return make_attempt(report=make_report(0.6, "partial"))


def at(name, row):
    return reverse(f"recruiter:{name}", args=[row.pk])


def test_a_decision_is_kept_with_its_history_and_nobody_is_written_to(recruiter, graded):
    sent = Email.objects.count()
    for outcome, reason in [("hold", "Talks first."), ("advance", "Explains well.")]:
        page = recruiter.post(at("decide", graded), {"outcome": outcome, "reason": reason})
        assert page.headers["Location"] == at("judgement", graded)

    page = recruiter.get(at("judgement", graded)).text
    assert page.index("Explains well.") < page.index("Before") < page.index("Talks first.")
    assert "should not be the only reason" in page
    assert "Explains well." in recruiter.get(graded.get_absolute_url()).text
    assert Email.objects.count() == sent
    told = reverse("candidate:done", args=[graded.invitation.token])
    assert "Explains well." not in recruiter.get(told, follow=True).text


def test_each_label_leads_to_its_own_field(recruiter, graded):
    page = recruiter.get(at("judgement", graded)).text

    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label [^>]*for="([^"]+)"', page)) <= set(ids)


def test_what_is_sent_twice_counts_once_and_what_others_said_meanwhile_is_shown_first(
    recruiter, make_member, graded
):
    decision = {"outcome": "advance", "reason": "Explains well.", "seen": "0"}
    override = {"percent": "80", "reason": "Misprinted.", "seen": "0"}
    for _ in range(2):
        assert recruiter.post(at("decide", graded), decision).status_code == 302
        assert recruiter.post(at("override", graded), override).status_code == 302
    other = signed_in(make_member("owner", email="o@acme.example"))
    late = other.post(at("decide", graded), {**decision, "outcome": "decline", "reason": "No."})
    low = other.post(at("override", graded), {**override, "percent": "10", "reason": "Low."})

    assert (late.status_code, low.status_code) == (422, 422)
    assert "has decided since this page was shown: advance." in words(late)
    assert "No." in late.text
    assert 'name="seen" value="1"' in late.text
    assert "has set a score, or taken one back, since this page was shown" in words(low)
    assert Decision.objects.get().outcome == "advance"
    assert Override.objects.get().score == 0.8
    assert other.post(at("decide", graded), {**decision, "outcome": "hold", "seen": "1"})
    assert [each.outcome for each in Decision.objects.all()] == ["advance", "hold"]


def test_nobody_takes_back_a_score_that_they_have_not_seen(recruiter, make_member, graded):
    page = at("override", graded)
    other = signed_in(make_member("owner", email="o@acme.example"))
    recruiter.post(page, {"percent": "80", "reason": "Misprinted.", "seen": "0"})
    other.post(page, {"percent": "70", "reason": "Less so.", "seen": "1"})
    back = {"take_back": "yes", "reason": "It was right."}

    late = recruiter.post(page, {**back, "seen": "1"})

    assert late.status_code == 422
    assert "has set a score, or taken one back, since this page was shown" in words(late)
    assert late.text.count('name="seen" value="2"') == 2
    for _ in range(2):
        assert recruiter.post(page, {**back, "seen": "2"}).status_code == 302
    assert list(Override.objects.values_list("score", flat=True)) == [0.8, 0.7, None]


@pytest.mark.parametrize("seen", ["-1", "9" * 30, "many"])
def test_a_page_that_nobody_was_shown_is_refused(recruiter, graded, seen):
    decided = {"outcome": "hold", "reason": "So.", "seen": seen}

    assert recruiter.post(at("decide", graded), decided).status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "form", [{"outcome": "advance"}, {"reason": "So."}, {"outcome": "perhaps", "reason": "So."}]
)
def test_half_a_decision_is_none(recruiter, graded, form):
    page = recruiter.post(at("decide", graded), form)
    assert page.status_code == 422
    assert page.text.count("autofocus") == 1
    assert not Decision.objects.exists()


def test_who_only_scores_decides_nothing_and_sets_nothing(sign_in, graded):
    client = sign_in("reviewer")

    page = client.get(at("judgement", graded)).text
    assert "Owners and recruiters decide" in page
    assert "Set a score" not in page
    assert "Ada" not in page
    assert client.post(at("decide", graded), {"outcome": "hold", "reason": "x"}).status_code == 404
    assert client.post(at("override", graded), {"percent": "1", "reason": "x"}).status_code == 404


def test_a_score_that_a_person_set_stands_beside_the_automatic_one(recruiter, graded):
    coding = graded.version.questions.get(position=2)
    form = {"question": coding.pk, "percent": "80", "reason": "The sign was told wrong."}
    recruiter.post(at("override", graded), form)

    page = words(recruiter.get(at("judgement", graded)))
    assert "automatic 60 %, set to 80 % by r@acme.example: The sign was told wrong." in page
    assert "85 % by itself 70 %" in page
    taken = {"question": coding.pk, "take_back": "yes", "reason": "Mistaken."}
    recruiter.post(at("override", graded), taken)

    page = words(recruiter.get(at("judgement", graded)))
    assert "the automatic score counts again. Mistaken." in page
    assert Attempt.objects.get().score == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"percent": "101", "reason": "So."}, "less than or equal to 100"),
        ({"percent": "nan", "reason": "So."}, "Enter a number."),
        ({"reason": "So."}, "Which score is to count?"),
        ({"percent": "50"}, "This field is required."),
        ({"percent": "50", "reason": "So.", "question": "0"}, "Select a valid choice."),
        ({"take_back": "yes", "reason": "So."}, "The automatic score counts already."),
    ],
    ids=str,
)
def test_what_is_no_score_is_refused_with_a_sentence(recruiter, graded, form, sentence):
    page = recruiter.post(at("override", graded), form)

    assert page.status_code == 422
    assert sentence in page.text
    assert not Override.objects.exists()


def test_nothing_is_set_or_decided_while_the_attempt_goes_on(recruiter, attempt):
    decided = recruiter.post(at("decide", attempt), {"outcome": "hold", "reason": "So."})
    put = recruiter.post(at("override", attempt), {"percent": "50", "reason": "So."})

    assert (decided.status_code, put.status_code) == (422, 422)
    assert "a decision waits until it is over" in decided.text
    assert "can be set once it is over" in put.text


def test_comments_are_changed_and_deleted_by_their_authors_alone(recruiter, sign_in, graded):
    recruiter.post(at("comment", graded), {"text": HOSTILE})
    remark = Comment.objects.get()
    other = sign_in("owner", email="o@acme.example")
    page = other.get(at("judgement", graded)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7|add:1 }}" in page
    assert at("comment_delete", remark) not in page
    for name in ("comment_edit", "comment_delete"):
        assert other.post(at(name, remark), {"text": "Mine."}).status_code == 404

    recruiter.post(at("comment_edit", remark), {"text": "Better."})
    page = recruiter.get(graded.get_absolute_url()).text
    assert "Better." in page
    assert "changed" in page
    recruiter.post(at("comment_delete", remark))

    assert not Comment.objects.exists()
    assert recruiter.get(at("comment_edit", remark)).status_code == 404


def test_an_empty_comment_is_none(recruiter, graded):
    assert recruiter.post(at("comment", graded), {"text": " "}).status_code == 422
    assert not Comment.objects.exists()


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_takes_the_same_queries_for_any_number_of_remarks(
    recruiter, make_member, graded, django_assert_max_num_queries, count
):
    by = make_member("owner", email="o@acme.example")
    for number in range(count):
        actions.add_comment(graded, None, f"No. {number}", by)
        actions.override_score(graded, None, 0.5, "So.", by)
        actions.decide([graded], "hold", "So.", by)

    with django_assert_max_num_queries(20):
        assert recruiter.get(at("judgement", graded)).text.count("No. ") == count
