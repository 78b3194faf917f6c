"""The pages on which people score open answers: blind, kept, and later with what others gave."""

import json
import re

import pytest
from django.urls import reverse

from assessments import actions
from assessments.actions.versioning import new_draft
from assessments.models import Answer, Review
from tests.assessments.conftest import words
from tests.assessments.essays import ALL, MOST, NONE, SOME, essays, points, written
from tests.assessments.recruiter.conftest import signed_in

pytestmark = pytest.mark.django_db

QUEUE = reverse("recruiter:review_queue")
NEXT = reverse("recruiter:review_next")
GIVEN = {"points.0": "1", "points.1": "0.5", "points.2": "0", "comment": "Fair."}


def at(name, answer):
    return reverse(f"recruiter:review_{name}", args=[answer.pk])


def put(client, answer, content, revision=0):
    body = json.dumps({"content": content, "revision": revision})
    return client.put(at("draft", answer), body, content_type="application/json")


@pytest.fixture
def people(make_member):
    return [make_member("reviewer", email=f"p{number}@acme.example") for number in range(3)]


@pytest.fixture
def clients(people):
    return [signed_in(person) for person in people]


@pytest.fixture
def version(organisation):
    return essays(organisation, reviewers=2)


def test_the_queue_says_what_waits_and_leads_to_the_oldest(clients, version):
    first = written(version)
    written(version)
    page = clients[0].get(QUEUE)
    assert "Essays-open" in page.text
    assert "Essays, version 1 · Agreement on Essays 2 answers since" in words(page)

    gone = clients[0].post(NEXT)

    assert gone.headers["Location"] == at("answer", first)


def test_what_was_begun_and_done_is_there_again(clients, version):
    answers = [written(version), written(version)]
    put(clients[0], answers[0], {"points": {"0": "1"}})
    clients[0].post(at("hand_in", answers[1]), GIVEN)

    page = words(clients[0].get(QUEUE))

    assert "You have begun Essays-open Essays, last saved" in page
    assert "You have scored 1 answer" in page
    assert "you gave 60 %" in page
    assert "1 of the answers that you scored waits for another person" in page


def test_nothing_of_who_wrote_it_is_on_the_page(clients, version):
    answer = written(version, name="Ada Lovelace", text="By <b>definition</b>\u202e.")
    page = clients[0].get(at("answer", answer)).text

    assert "Lovelace" not in page
    assert answer.attempt.candidate.email not in page
    assert str(answer.attempt.pk) not in page
    assert "&lt;b&gt;definition" in page
    assert "\u202e" not in page
    for shown in ["Why is the loss convex?", "Its second derivative", "Says why that matters."]:
        assert shown in page


def test_what_others_gave_is_hidden_until_ones_own_is_in_and_it_is_settled(
    clients, people, version
):
    answer = written(version)
    actions.hand_in_review(answer, people[1], points(1.0, 1.0, 0.0, comment="Splendid."))
    page = clients[0].get(at("answer", answer))
    assert "Splendid." not in page.text
    assert "80 %" not in page.text

    actions.hand_in_review(answer, people[0], NONE)
    page = words(clients[0].get(at("answer", answer)))
    assert "Splendid." not in page
    assert "Another person scores it, too." in page

    actions.hand_in_review(answer, people[2], SOME)
    page = clients[0].get(at("answer", answer)).text
    assert re.search(r"<strong>80 %</strong>.*p1@acme\.example.*Splendid\.", page)
    assert "Together that makes 40 %." in page


@pytest.mark.parametrize("path", ["judgement", "attempt_detail"])
def test_the_report_tells_no_more_to_who_may_still_score(clients, people, version, path):
    answer = written(version)
    actions.hand_in_review(answer, people[1], points(1.0, 1.0, 0.0, comment="Splendid."))
    actions.add_comment(answer.attempt, answer.question, "Brilliant.", people[1])
    address = reverse(f"recruiter:{path}", args=[answer.attempt.pk])

    page = clients[0].get(address).text
    assert "Splendid." not in page
    assert "Brilliant." not in page
    assert "gave 80 %" not in page
    actions.hand_in_review(answer, people[0], NONE)
    # Taken back, it could be given again to agree with what had been seen.
    page = clients[0].get(address).text
    assert "Splendid." not in page
    assert "Brilliant." not in page
    assert "People still score" in page

    actions.hand_in_review(answer, people[2], MOST)
    page = clients[0].get(address).text
    assert "Splendid." in page
    assert "Brilliant." in page


def test_the_report_shows_what_was_given_point_by_point(clients, people, version, sign_in):
    answer = written(version)
    report = answer.attempt.get_absolute_url()
    waiting = clients[0].get(report)
    assert "Answered; it waits for people to score it." in words(waiting)
    assert "Waits for review" in waiting.text
    for person, given in zip(people, (ALL, NONE, SOME), strict=True):
        actions.hand_in_review(answer, person, given)

    page = clients[0].get(report)

    assert "Answered; people gave it 40 % of the points." in words(page)
    assert "Scored by people" in page.text
    levels = re.findall(r'<li data-given="([0-9.]+)">', page.text)
    assert levels == ["1", "0", "1", "1", "0", "0", "1", "0", "0"]
    text = words(sign_in("owner").get(at("answer", answer)))
    assert "This answer has its score: 40 %" in text
    assert "Together that makes 40 %." in text


def test_a_draft_is_kept_as_the_page_sends_it_and_shown_again(clients, version):
    answer = written(version)
    said = put(clients[0], answer, {"points": {"0": "1", "2": "0.5"}, "comment": "Hm."})
    assert (said.status_code, said.json()["revision"]) == (200, 1)

    page = clients[0].get(at("answer", answer)).text

    assert 'name="points.0" value="1" data-answer="pairs" checked' in page
    assert 'name="points.2" value="0.5" data-answer="pairs" checked' in page
    assert page.count(" checked") == 2
    assert "50 %, 1 to go" in page
    assert "Hm." in page


def test_a_draft_on_an_older_revision_is_refused_with_what_is_kept(clients, version):
    answer = written(version)
    put(clients[0], answer, {"points": {"0": "1"}})
    put(clients[0], answer, {"points": {"0": "0"}, "comment": "No."}, 1)

    said = put(clients[0], answer, {"points": {"0": "0.5"}}, 1)

    assert said.status_code == 409
    assert said.json()["revision"] == 2
    assert said.json()["content"] == {"points": {"0": "0"}, "comment": "No."}
    assert said.json()["said"] == "Point 1: not given\nNo."


@pytest.mark.parametrize(
    ("content", "revision"),
    [
        ({"points": {"0": "0.7"}}, 0),
        ({"points": {"9": "1"}}, 0),
        ({"points": {"0": ["1"]}}, 0),
        ({"points": "all"}, 0),
        ({"comment": 7}, 0),
        ({"comment": "\x00"}, 0),
        ({"score": 1}, 0),
        ([], 0),
        ({}, -1),
        ({}, "0"),
    ],
    ids=str,
)
def test_nonsense_is_refused_with_a_sentence(clients, version, content, revision):
    answer = written(version)

    said = put(clients[0], answer, content, revision)

    assert said.status_code == 422
    assert said.json()["detail"]
    assert not Review.objects.exists()


def test_a_draft_that_comes_after_it_was_scored_is_told_so(clients, people, organisation):
    answer = written(essays(organisation, slug="alone"))
    actions.hand_in_review(answer, people[1], ALL)

    said = put(clients[0], answer, {"points": {"0": "1"}})

    assert said.status_code == 410
    assert "This answer has its score" in clients[0].get(at("answer", answer)).text


def test_without_scripts_buttons_do_it(clients, people, version):
    first, second = written(version), written(version)
    page = clients[0].post(at("answer", first), GIVEN, follow=True)
    assert "Your draft is kept." in page.text
    assert Review.objects.get().points == {"0": 1.0, "1": 0.5, "2": 0.0}

    half = {"points.0": "1", "comment": "Not done."}
    page = clients[0].post(at("hand_in", first), half)
    assert page.status_code == 422
    assert "Please decide on 2 points more" in page.text
    assert page.text.count(" data-undecided>") == 2
    assert 'name="points.1" value="0" data-answer="pairs" autofocus' in page.text
    assert "Not done." in page.text
    page = clients[0].post(at("hand_in", first), GIVEN)
    assert page.headers["Location"] == at("answer", second)
    assert Review.objects.get(attempt=first.attempt).score == pytest.approx(0.6)

    page = clients[0].post(at("skip", second), half)
    assert page.headers["Location"] == QUEUE
    left = Review.objects.get(attempt=second.attempt)
    assert left.skipped_at
    assert left.comment == "Not done."


def test_the_way_back_leads_to_what_was_there_before(clients, version):
    first, second = written(version), written(version)
    clients[0].post(NEXT)
    clients[0].post(at("hand_in", first), GIVEN)

    back = f'href="{at("answer", first)}" data-previous'
    assert back in clients[0].get(at("answer", second)).text
    assert "data-previous" not in clients[0].get(at("answer", first)).text


def test_one_question_is_kept_to_until_none_of_it_waits(clients, organisation, version):
    written(version)
    wanted = [written(essays(organisation, slug="others")) for _ in range(1)]
    only = f"?question={wanted[0].question_id}"

    gone = clients[0].post(NEXT + only)
    assert gone.headers["Location"] == at("answer", wanted[0]) + only
    gone = clients[0].post(at("hand_in", wanted[0]) + only, GIVEN, follow=True)

    assert "Nothing else waits for you here." in gone.text


def test_taking_back_makes_it_a_draft_again_until_a_decision(clients, people, version, sign_in):
    answer = written(version)
    clients[0].post(at("hand_in", answer), GIVEN)
    page = clients[0].post(at("take_back", answer), follow=True)
    assert "Taken back" in page.text
    assert 'name="points.1" value="0.5" data-answer="pairs" checked' in page.text

    clients[0].post(at("hand_in", answer), GIVEN)
    actions.decide([answer.attempt], "decline", "No.", people[1])
    page = clients[0].post(at("take_back", answer), follow=True)

    assert "Somebody has decided on this candidate" in page.text
    assert Review.objects.get().submitted_at


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_any_number_of_rows(
    clients, people, version, django_assert_max_num_queries, count
):
    for number in range(count):
        actions.hand_in_review(written(version, name=f"H{number}"), people[0], ALL)
        actions.save_review(written(version, name=f"D{number}"), people[0], SOME, 0)
        written(version, name=f"W{number}")

    with django_assert_max_num_queries(12):
        page = clients[0].get(QUEUE)

    assert Answer.objects.filter(score=None).count() == 3 * count
    assert page.text.count("last saved") == count


def test_who_manages_is_told_where_nobody_is_left_to_decide(
    clients, people, version, make_member, sign_in, organisation
):
    """Two of two reviewers differ, and owner and recruiter are those who scored."""
    owner, recruiter = (
        make_member(role, email=f"{role}@acme.example") for role in ("owner", "recruiter")
    )
    far, near = written(version, name="Far"), written(version, name="Near")
    for answer, given in [(far, [ALL, NONE]), (near, [ALL, MOST])]:
        for person, each in zip((owner, recruiter), given, strict=True):
            actions.hand_in_review(answer, person, each)
    # While a reviewer is left it waits for them.
    assert "Nobody is left" not in words(signed_in(owner).get(QUEUE))
    assert "1 of the answers that you scored waits for another" in words(
        signed_in(owner).get(QUEUE)
    )

    organisation.members.filter(role="reviewer").exclude(user=people[0]).delete()
    organisation.members.filter(user=people[0]).update(role="author")

    page = signed_in(owner).get(QUEUE)
    said = words(page)
    assert "Nobody is left to score 1 answer It has no score yet, and everybody here who" in said
    assert "waits for another person" not in said
    assert f'href="{reverse("recruiter:member_list", args=[organisation.slug])}"' in page.text
    judgement = reverse("recruiter:judgement", args=[far.attempt_id])
    assert f'href="{judgement}"' in page.text
    assert "Ask an owner to invite another reviewer" in words(signed_in(recruiter).get(QUEUE))
    # Either way out that is named leads out.
    organisation.members.filter(user=people[0]).update(role="reviewer")
    for client in (signed_in(owner), clients[0]):
        assert "Nobody is left" not in words(client.get(QUEUE))
    organisation.members.filter(user=people[0]).delete()
    actions.override_score(far.attempt, far.question, 0.5, "Read it.", owner)
    assert "Nobody is left" not in words(signed_in(owner).get(QUEUE))


# Agreement --------------------------------------------------------------------------------------


def test_agreement_is_said_in_words_and_disagreements_once_settled(clients, people, version):
    close, far, waiting = (written(version, name=f"Name {letter}") for letter in "ABC")
    for answer, first, second in [(close, ALL, MOST), (far, ALL, NONE), (waiting, NONE, ALL)]:
        actions.hand_in_review(answer, people[0], first)
        actions.hand_in_review(answer, people[1], second)
    actions.hand_in_review(far, people[2], SOME)

    address = reverse("recruiter:review_agreement", args=[version.assessment.pk])
    page = clients[2].get(address)

    said = words(page)
    assert "3 answers were scored by two people; how far they agree is shown from 10 on." in said
    assert "1 answer waits for that third person" in said
    shares = re.findall(r'class="m-number">(?:<strong>)?([0-9]+ %)', page.text)
    assert shares == ["100 %", "0 %", "40 %", "100 %", "40 %"]
    assert f'href="{at("answer", far)}"' in page.text
    assert at("answer", waiting) not in page.text
    assert "Name B" not in page.text


def test_agreement_is_led_to_while_any_version_with_answers_had_two_reviewers(sign_in, version):
    recruiter, assessment = sign_in("recruiter"), version.assessment
    address = reverse("recruiter:review_agreement", args=[assessment.pk])
    assert address in recruiter.get(assessment.get_absolute_url()).text
    newer = new_draft(assessment, by=None)
    newer.reviewers = 1
    newer.save()
    actions.publish_assessment(newer)
    assert address not in recruiter.get(assessment.get_absolute_url()).text

    written(version)

    assert assessment.current_version.reviewers == 1
    assert address in recruiter.get(assessment.get_absolute_url()).text
