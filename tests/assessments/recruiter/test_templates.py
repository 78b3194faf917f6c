"""The role templates at the desk: who sees them, what they say, and the assessment made of one."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import Assessment, AssessmentQuestion, Member, User
from assessments.recruiter import template_views
from questions import role_templates
from questions.models import Question, QuestionVersion, Topic, Withdrawal
from tests.assessments.conftest import CHOICE, CODING

SLUG = "data-scientist-junior-short"
LIST = reverse("recruiter:template_list")
PAGE = reverse("recruiter:template_detail", args=[SLUG])
CREATE = reverse("recruiter:template_create", args=[SLUG])


def preview_of(question):
    return reverse("recruiter:question_preview", args=[SLUG, question])


@pytest.fixture
def template():
    return role_templates.shipped()[SLUG]


def publish(slug, number=1, kind="single_choice"):
    """A version of a shared question; code where its slug says so."""
    question, _ = Question.objects.get_or_create(slug=slug, defaults={"minutes": 2})
    question.topics.add(Topic.objects.get_or_create(slug="regression", title="Regression")[0])
    coding = slug.startswith("code-")
    return QuestionVersion.objects.create(
        question=question,
        number=number,
        kind="coding" if coding else kind,
        title=slug.capitalize(),
        content=CODING if coding else CHOICE,
        status="published",
        published_at=timezone.now(),
    )


@pytest.fixture
def bank(db):
    """A small version of every question that the shipped templates ask."""
    slugs = {i.question for each in role_templates.shipped().values() for i in each.items}
    return {slug: publish(slug) for slug in sorted(slugs)}


def test_the_list_holds_all_sixteen_by_role(recruiter, bank):
    page = recruiter.get(LIST)

    assert page.status_code == 200
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page.text)
    names = ["Data Scientist", "AI Engineer", "Deep Learning Engineer", "Machine Learning Engineer"]
    assert headings == names
    for slug in role_templates.shipped():
        assert reverse("recruiter:template_detail", args=[slug]) in page.text


def test_a_short_one_is_scored_at_once_and_a_text_waits_for_people(recruiter, bank):
    assert "Scored at once" in recruiter.get(PAGE).text

    publish("rmse-above-mae", number=2, kind="open_text")

    assert "People read texts" in recruiter.get(PAGE).text


@pytest.mark.parametrize("address", [LIST, PAGE, preview_of("rmse-above-mae")])
def test_templates_are_for_members_alone(bank, address, sign_in):
    stranger = Client()
    stranger.force_login(User.objects.create_user("nobody@example.com", "a long password"))

    assert Client().get(address).status_code == 302
    assert stranger.get(address).status_code == 404
    assert sign_in("author").get(address).status_code == 200


@pytest.mark.parametrize("role", Member.Role)
def test_who_may_make_an_assessment(sign_in, bank, organisation, role):
    client = sign_in(role)
    may = role in {"owner", "recruiter"}

    assert ("Create assessment" in client.get(PAGE).text) is may
    answer = client.post(CREATE, {"organisation": organisation.slug})
    assert answer.status_code == (302 if may else 404)
    assert Assessment.objects.exists() is may


def test_nobody_makes_one_for_another_organisation(recruiter, bank, stranger):
    assert recruiter.post(CREATE, {"organisation": stranger.slug}).status_code == 404
    assert not Assessment.objects.exists()


def test_the_assessment_is_what_the_template_says(recruiter, bank, organisation, template):
    answer = recruiter.post(CREATE, {"organisation": organisation.slug}, follow=True)

    version = Assessment.objects.get().current_version
    asked = version.questions.order_by("position")
    assert answer.redirect_chain[-1][0] == version.assessment.get_absolute_url()
    assert (version.title, version.minutes) == (template.title, template.minutes)
    assert (version.intro, version.pass_mark) == (template.fields["intro"], 0.65)
    assert [(each.question_version.question.slug, each.weight) for each in asked] == [
        (item.question, item.weight) for item in template.items
    ]
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))
    assert attempt.questions.count() == len(template.items)


def test_it_asks_the_newest_published_version(bank, organisation, template):
    newest = publish("rmse-above-mae", number=2)
    QuestionVersion.objects.create(
        question=newest.question, number=3, kind="single_choice", title="Draft", content=CHOICE
    )

    version = actions.assessment_from(template, organisation)

    found = AssessmentQuestion.objects.filter(question_version__question=newest.question)
    assert found.get(version=version).question_version == newest


def test_a_second_one_gets_a_number(bank, organisation, stranger, template):
    made = [actions.assessment_from(template, who) for who in [organisation] * 3 + [stranger]]

    assert [each.assessment.slug for each in made] == [SLUG, f"{SLUG}-2", f"{SLUG}-3", SLUG]
    assert [each.title.removeprefix(template.title) for each in made] == ["", " (2)", " (3)", ""]


@pytest.mark.parametrize("how", ["retired", "leaked"])
def test_what_is_gone_is_named_and_nothing_is_made(recruiter, bank, organisation, how):
    QuestionVersion.objects.filter(pk=bank["rmse-above-mae"].pk).update(status=how)

    page = recruiter.get(PAGE)
    answer = recruiter.post(CREATE, {"organisation": organisation.slug})

    assert "No assessment can be made of this template now" in page.text
    assert "Create assessment" not in page.text
    assert "Question missing" in recruiter.get(LIST).text
    assert recruiter.get(preview_of("rmse-above-mae")).status_code == 404
    assert answer.status_code == 409
    assert "asks what is not published, or was withdrawn: rmse-above-mae." in answer.text
    assert not Assessment.objects.exists()


def test_the_sections_of_a_template_become_sections_on_one_clock(
    recruiter, bank, organisation, template
):
    version = actions.assessment_from(template, organisation)

    made = [
        (each.title, [q.question_version.question.slug for q in each.questions.all()])
        for each in version.sections.all()
    ]
    assert made == [
        (each.title, [item.question for item in each.items]) for each in template.sections
    ]
    assert not version.sections.exclude(minutes=None).exists()
    page = recruiter.get(reverse("recruiter:version", args=[version.assessment_id, 1])).text
    for section in template.sections:
        assert section.title in page


def test_a_question_that_never_was_loaded_is_named(db, organisation, template):
    for item in template.items[1:]:
        publish(item.question)

    with pytest.raises(actions.QuestionsMissing, match=template.items[0].question) as refused:
        actions.assessment_from(template, organisation)

    assert refused.value.slugs == [template.items[0].question]
    assert not Assessment.objects.exists()


def test_what_an_organisation_withdrew_is_missing_for_it_alone(
    bank, organisation, stranger, template
):
    Withdrawal.objects.create(
        question=bank["rmse-above-mae"].question,
        organisation=organisation,
        status="leaked",
        reason="It was posted.",
    )

    with pytest.raises(actions.QuestionsMissing):
        actions.assessment_from(template, organisation)

    assert actions.assessment_from(template, stranger).published_at


def test_another_organisations_question_of_the_same_slug_is_not_asked(
    bank, organisation, stranger, template
):
    own = Question.objects.create(slug="rmse-above-mae", organisation=stranger)
    QuestionVersion.objects.create(
        question=own,
        number=9,
        kind="single_choice",
        title="Theirs",
        content=CHOICE,
        status="published",
        published_at=timezone.now(),
    )

    version = actions.assessment_from(template, organisation)

    assert not version.questions.filter(question_version__question=own).exists()


def test_a_preview_shows_the_question_and_saves_nothing(recruiter, bank):
    page = recruiter.get(preview_of("rmse-above-mae"))

    assert "Which one?" in page.text
    assert "Question 4 of 10" in page.text
    assert "It is." not in page.text, "a rationale is for reviewers"
    assert "data-draft" not in page.text
    assert 'method="post" action' not in page.text.split("<main")[1].split("</main>")[0]


def test_a_preview_of_code_offers_nothing_to_run(recruiter, bank):
    page = recruiter.get(preview_of("code-mean-absolute-error"))

    assert 'data-editor="python"' in page.text
    assert "hx-post" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        reverse("recruiter:template_detail", args=["no-such-template"]),
        preview_of("code-huber"),
    ],
    ids=["no such template", "no question of this template"],
)
def test_what_is_no_part_of_it_is_not_found(recruiter, bank, address):
    assert recruiter.get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 16])
def test_the_list_takes_as_many_queries_for_one_as_for_all(
    recruiter, bank, monkeypatch, django_assert_num_queries, count
):
    some = dict(list(role_templates.shipped().items())[:count])
    monkeypatch.setattr(template_views, "shipped", lambda: some)

    # Session, user, organisations, questions, their topics; the frame.
    with django_assert_num_queries(7):
        page = recruiter.get(LIST)

    assert page.text.count("card-body") == count


@pytest.mark.parametrize("slug", ["deep-learning-engineer-senior-short", f"{SLUG[:-5]}long"])
def test_a_page_takes_as_many_queries_for_few_questions_as_for_many(
    recruiter, bank, django_assert_num_queries, slug
):
    # Those of the list, and the organisations to make it for.
    with django_assert_num_queries(8):
        recruiter.get(reverse("recruiter:template_detail", args=[slug]))
