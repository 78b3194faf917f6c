"""Publishing, new versions and what changed in them, copies, drafts thrown away, the archive."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.actions import arranging, drafting, picking, pooling, versioning
from assessments.models import Assessment, AssessmentVersion, AuditEntry
from assessments.recruiter.building.differences import differences
from questions.published import PublishedIsFinal
from tests.assessments.conftest import words
from tests.assessments.recruiter.building.conftest import address, ask
from tests.assessments.recruiter.building.test_arranging import places


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def confirm(client, version):
    """Open the page that asks, and press its button."""
    page = client.get(address("publish", version))
    shown = page.text.split('name="shown" value="')[1].split('"')[0]
    return client.post(address("publish", version), {"shown": shown})


def test_publishing_shows_what_becomes_final_and_asks(recruiter, draft):
    page = recruiter.get(address("publish", draft))

    assert "A published version never changes" in words(page)
    draft.refresh_from_db()
    assert draft.published_at is None

    answer = confirm(recruiter, draft)
    draft.refresh_from_db()
    assert answer.headers["Location"] == draft.assessment.get_absolute_url()
    assert draft.published_at
    assert verbs() == ["assessment.published"]
    with pytest.raises(PublishedIsFinal):
        draft.save()


def test_what_changed_since_it_was_looked_through_is_not_published(recruiter, draft):
    shown = recruiter.get(address("publish", draft)).text
    shown = shown.split('name="shown" value="')[1].split('"')[0]
    picking.add_questions(draft, [ask("delta").pk])

    answer = recruiter.post(address("publish", draft), {"shown": shown})

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "was changed in between: look through it once more" in words(answer)
    assert draft.published_at is None


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: drafting.change_draft(draft, drafting.Edit({"minutes": 31}, {"minutes": 30})),
        lambda draft: arranging.move_question(draft, places(draft)["alpha"].pk, 1),
        lambda draft: arranging.move_section(draft, draft.sections.first().pk, 1),
        lambda draft: picking.renew_questions(draft),
        lambda draft: draft.questions.filter(position=1).update(weight=9),
        lambda draft: draft.sections.filter(position=1).update(shuffled=True),
    ],
    ids=["a setting", "the order", "sections", "a newer version", "a weight", "a section"],
)
def test_each_change_of_a_draft_tells_it_from_before(draft, change):
    ask("alpha", number=2)
    before = versioning.fingerprint(draft)

    change(draft)

    assert versioning.fingerprint(AssessmentVersion.objects.get(pk=draft.pk)) != before


def test_what_can_not_be_sat_is_not_offered_for_publishing(recruiter, draft):
    section = arranging.add_section(draft, "Three")

    page = recruiter.get(address("publish", draft))
    answer = recruiter.post(address("publish", draft), {"shown": versioning.fingerprint(draft)})

    assert "It can't be published yet" in words(page)
    assert f"edit/#section-{section.pk}" in page.text
    assert "Publish version" not in page.text
    assert answer.status_code == 409


@pytest.fixture
def published(draft, member):
    pooling.make_pool(draft, "Pool", 1, keys=[ask("delta").pk, ask("epsilon").pk])
    return actions.publish_draft(draft, versioning.fingerprint(draft), by=member)


def test_the_next_version_begins_as_the_newest_one_is(recruiter, published):
    answer = recruiter.post(reverse("recruiter:new_version", args=[published.assessment_id]))

    draft = published.assessment.versions.get(number=2)
    assert answer.headers["Location"] == address("edit_version", draft)
    assert not differences(published, draft)
    assert [(row.question_version, row.weight, row.position) for row in draft.questions.all()] == [
        (row.question_version, row.weight, row.position) for row in published.questions.all()
    ]
    assert {row.section.version for row in draft.questions.all()} == {draft}
    assert draft.pools.get().questions.count() == 2
    assert "assessment.drafted" in verbs()


def test_there_is_one_draft_at_a_time(published, member):
    first, second = (actions.new_draft(published.assessment, by=member) for _ in range(2))

    assert first == second
    assert published.assessment.versions.count() == 2


def test_the_page_of_a_version_tells_what_changed(recruiter, published, member):
    draft = actions.new_draft(published.assessment, by=member)
    ask("alpha", number=2)
    picking.renew_questions(draft)
    picking.remove_question(draft, places(draft)["beta"].pk)
    picking.add_questions(draft, [ask("zeta").pk], section=draft.sections.first().pk)
    gamma = places(draft)["gamma"]
    drafting.change_part(
        draft, type(gamma), gamma.pk, drafting.Edit({"weight": 2.0}, {"weight": 5.0})
    )
    arranging.put_question(draft, gamma.pk, draft.sections.first().pk)
    drafting.change_draft(
        draft,
        drafting.Edit(
            {"minutes": 45, "intro": "A new word", "pass_mark": 0.7},
            {"minutes": 30, "intro": "", "pass_mark": 0.6},
        ),
    )
    pool = draft.pools.get()
    pooling.change_pool(draft, pool.pk, drafting.Edit({"draws": 2}, {"draws": 1}))

    said = words(recruiter.get(address("version", draft)))

    assert "What changed since version 1" in said
    assert "Minutes30 45" in said
    assert "Pass mark, in percent60 70" in said
    assert "A new word" in said
    assert "New questionsZeta" in said
    assert "Removed questionsBeta" in said
    assert "Alpha: version 1 became version 2" in said
    assert "Gamma: weight 5 became 2; moved from “Two” to “One”" in said
    assert "Pool “Pool” 2 for each, not 1" in said
    assert "What changed" not in words(recruiter.get(address("version", published)))


def test_a_version_that_was_published_stays_readable_beside_a_draft(recruiter, published, member):
    draft = actions.new_draft(published.assessment, by=member)
    drafting.change_draft(draft, drafting.Edit({"title": "Newer"}, {"title": "Second"}))

    page = words(recruiter.get(address("version", published)))

    assert "Second" in page
    assert "it never changes" in page
    assert "Newer" not in page


def test_a_clone_is_an_assessment_of_its_own(recruiter, published):
    answer = recruiter.post(address("clone", published))

    made = AssessmentVersion.objects.get(title="Copy of Second")
    assert answer.headers["Location"] == address("edit_version", made)
    assert made.assessment != published.assessment
    assert (made.number, made.published_at) == (1, None)
    assert made.questions.count() == published.questions.count()
    assert "assessment.cloned" in verbs()


def test_two_clones_have_two_addresses(published, member):
    slugs = [actions.clone(published, by=member).assessment.slug for _ in range(2)]

    assert slugs == ["copy-of-second", "copy-of-second-2"]


def test_a_draft_is_thrown_away_and_what_was_published_stays(recruiter, published, member):
    draft = actions.new_draft(published.assessment, by=member)

    answer = recruiter.post(address("discard", draft))

    assert answer.headers["Location"] == published.assessment.get_absolute_url()
    assert published.assessment.versions.get() == published


def test_an_assessment_goes_with_its_only_draft(recruiter, draft):
    recruiter.post(address("discard", draft))

    assert not Assessment.objects.exists()
    assert verbs() == ["assessment.draft_discarded"]


def test_what_is_published_is_never_thrown_away(recruiter, published):
    answer = recruiter.post(address("discard", published), follow=True)

    assert "it never changes any more" in words(answer)
    assert AssessmentVersion.objects.filter(pk=published.pk).exists()


def test_an_archived_assessment_is_out_of_the_lists_and_invites_nobody(recruiter, published):
    waiting = actions.invite(published, "Ada", "ada@example.com")
    sitting = actions.start_attempt(actions.invite(published, "Bo", "bo@example.com"))

    recruiter.post(reverse("recruiter:archive", args=[published.assessment_id]))

    shown = recruiter.get(reverse("recruiter:assessment_list")).text
    assert "Second" not in shown
    assert "Second" in recruiter.get(reverse("recruiter:assessment_list") + "?state=archived").text
    assert published.assessment.get_absolute_url() not in recruiter.get("/desk/").text
    with pytest.raises(actions.NotPublished, match="archived"):
        actions.invite(AssessmentVersion.objects.get(pk=published.pk), "Cy", "cy@example.com")
    assert actions.save_answer(sitting, sitting.asked()[0], {"option": "a"}, 0), "who sits goes on"
    assert actions.start_attempt(waiting), "who was invited may start"

    recruiter.post(reverse("recruiter:unarchive", args=[published.assessment_id]))
    assert "Second" in recruiter.get(reverse("recruiter:assessment_list")).text
    assert verbs()[-2:] == ["assessment.archived", "assessment.unarchived"]


# Closing ------------------------------------------------------------------------------------------


def close(client, assessment, moment):
    shown = f"{moment:%Y-%m-%dT%H:%M}" if moment else ""
    return client.post(
        reverse("recruiter:closing", args=[assessment.pk]), {"closes_at": shown}, follow=True
    )


def test_when_it_closes_is_set_after_publishing_and_logged(recruiter, published):
    moment = timezone.now().replace(second=0, microsecond=0) + timedelta(days=3)

    close(recruiter, published.assessment, moment)

    assert Assessment.objects.get().closes_at == moment
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.detail["before"]) == ("assessment.closing_changed", None)
    close(recruiter, published.assessment, None)
    assert Assessment.objects.get().closes_at is None


def test_a_moment_that_is_none_changes_nothing(recruiter, published):
    answer = recruiter.post(
        reverse("recruiter:closing", args=[published.assessment_id]),
        {"closes_at": "soon"},
        follow=True,
    )

    assert "That is no day and time." in words(answer)
    assert Assessment.objects.get().closes_at is None


@pytest.fixture
def invited(published):
    return actions.invite(published, "Ada", "ada@example.com")


def moved(invitation, closes_at):
    Assessment.objects.update(closes_at=closes_at)
    return type(invitation).objects.get(pk=invitation.pk)


def test_nobody_starts_after_the_assessment_closed_though_the_link_goes_on(client, invited):
    invitation = moved(invited, timezone.now() - timedelta(minutes=1))

    page = words(client.get(invitation.get_absolute_url()))

    assert "This assessment has closed" in page
    assert "Ready?" not in page
    with pytest.raises(actions.InvitationClosed, match="This assessment has closed"):
        actions.start_attempt(invitation)


def test_the_page_of_the_invitation_names_the_earlier_of_both_ends(client, invited):
    closing = timezone.now() + timedelta(days=2)

    invitation = moved(invited, closing)

    assert f"{closing:%-d %b %Y}" in words(client.get(invitation.get_absolute_url()))
    assert invitation.closes_at == closing
    assert moved(invited, invited.expires_at + timedelta(days=9)).closes_at == invited.expires_at


def test_who_sits_goes_on_after_the_assessment_closed(published):
    attempt = actions.start_attempt(actions.invite(published, "Ada", "ada@example.com"))
    Assessment.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    assert actions.save_answer(attempt, attempt.asked()[0], {"option": "a"}, 0)


def test_nobody_is_invited_to_what_has_closed(published):
    Assessment.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    with pytest.raises(actions.NotPublished, match="has closed"):
        actions.invite(AssessmentVersion.objects.get(pk=published.pk), "Ada", "ada@example.com")


def test_nobody_is_reminded_of_what_has_closed(invited):
    type(invited).objects.update(remind_at=timezone.now() - timedelta(minutes=1))
    moved(invited, timezone.now() - timedelta(minutes=1))

    assert actions.send_reminders() == 0


def test_a_german_candidate_reads_that_it_has_closed_in_german(client, published):
    invitation = actions.invite(published, "Ada", "ada@example.com", language="de")
    moved(invitation, timezone.now() - timedelta(minutes=1))

    assert "Dieses Assessment ist geschlossen" in words(client.get(invitation.get_absolute_url()))


@pytest.mark.parametrize(("most", "told"), [(1, False), (3, True)])
def test_candidates_are_told_how_often_they_may_sit_where_it_is_more_than_once(
    client, make_version, organisation, most, told
):
    version = make_version(organisation, max_attempts=most)

    page = words(client.get(actions.invite(version, "Ada", "a@example.com").get_absolute_url()))

    assert (f"up to {most} times" in page) is told


# The list -----------------------------------------------------------------------------------------


def listed(client, **query):
    return client.get(reverse("recruiter:assessment_list"), query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"First", "Second"}),
        ({"state": "draft"}, {"Second"}),
        ({"state": "published"}, {"First"}),
        ({"q": "sec"}, {"Second"}),
        ({"state": "archived"}, set()),
        ({"sort": "nonsense"}, {"First", "Second"}),
    ],
    ids=["all", "drafts", "published", "search", "archived", "nonsense"],
)
def test_the_list_shows_drafts_and_what_is_published(recruiter, version, draft, query, found):
    page = listed(recruiter, **query).text

    assert {title for title in ("First", "Second") if f">{title}</a>" in page} == found


def test_a_row_tells_how_far_an_assessment_is(recruiter, version, make_attempt):
    make_attempt()
    make_attempt(finish=False)
    actions.invite(version, "Grace", "grace@example.com")

    row = listed(recruiter).text.split("<tbody>")[1].split("</tbody>")[0]

    said = dict(re.findall(r'<td data-label="(\w+)"[^>]*>([^<]*)</td>', row))
    assert (said["Invited"], said["Finished"]) == ("3", "1")
    assert (said["Minutes"], said["Difficulty"]) == ("10 of 30", "medium")


def test_another_organisations_assessments_are_not_listed(recruiter, make_version, stranger):
    make_version(stranger)

    assert "No assessment yet" in words(listed(recruiter))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    recruiter, organisation, make_version, django_assert_num_queries, count
):
    for number in range(count):
        make_version(organisation, slug=f"number-{number}")

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        listed(recruiter)


# Session, user, member; how many, rows, their versions; questions, topics, sections, pools, the
# newest versions, what may be asked; the frame.
QUERIES_OF_THE_LIST = 14
