"""Drafts to be written, and what a form of the editor sends."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import picking
from assessments.models import Assessment, AssessmentVersion, Section
from questions.models import Question, QuestionVersion, Topic
from tests.assessments.conftest import CHOICE, CODING
from tests.assessments.recruiter.conftest import signed_in

FIELD = re.compile(r"<(?:input|textarea|select)\b[^>]*>")
OPTION = re.compile(r'<option value="([^"]*)" selected>')


def ask(slug, kind="single_choice", number=1, topics=(), difficulty=2, minutes=5, **fields):
    """A published question of the bank, of its own or in one more version."""
    question, _ = Question.objects.get_or_create(
        slug=slug, defaults={"difficulty": difficulty, "minutes": minutes}
    )
    for topic in topics:
        question.topics.add(Topic.objects.get_or_create(slug=topic, title=topic.capitalize())[0])
    return QuestionVersion.objects.create(
        question=question,
        number=number,
        kind=kind,
        title=slug.capitalize(),
        content=CODING if kind == "coding" else CHOICE,
        status="published",
        published_at=timezone.now(),
        **fields,
    )


def address(name, version, *more):
    return reverse(f"recruiter:{name}", args=[version.assessment_id, version.number, *more])


def part_of_page(page, part):
    """The form of a part, as its page has it."""
    return re.search(rf'<form[^>]*data-part="{part}".*?</form>', page, re.DOTALL)[0]


def filled_in(page, part):
    """What a browser would send of a part: its fields as they stand."""
    form, sent = part_of_page(page, part), {}
    for match in FIELD.finditer(form):
        tag = match[0]
        name = _attribute(tag, "name")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if tag.startswith("<textarea"):
            end = form.index("</textarea>", match.end())
            sent[name] = unescape(form[match.end() : end]).removeprefix("\n")
        elif tag.startswith("<select"):
            chosen = OPTION.search(form[match.end() : form.index("</select>", match.end())])
            sent[name] = chosen[1] if chosen else ""
        elif 'type="checkbox"' not in tag:
            sent[name] = unescape(_attribute(tag, "value") or "")
        elif " checked" in tag:
            sent[name] = "on"
    return sent


def _attribute(tag, name):
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else None


class Writer:
    """Somebody who has the editor of a draft open, and sends what their page holds."""

    def __init__(self, client, version):
        self.client, self.version = client, version
        self.open()

    def open(self):
        self.page = self.client.get(address("edit_version", self.version)).text

    def save(self, part, *, htmx=False, leave_out=(), **typed):
        sent = {**filled_in(self.page, part), **typed}
        sent = {name: value for name, value in sent.items() if name not in leave_out}
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(address(f"save_{part}", self.version), sent, headers=headers)

    def press(self, wish, **typed):
        return self.save("questions", do=wish, **typed)


@pytest.fixture
def member(make_member):
    return make_member("recruiter", email="w@acme.example")


@pytest.fixture
def draft(organisation):
    """Two sections: two questions and one."""
    version = AssessmentVersion.objects.create(
        assessment=Assessment.objects.create(organisation=organisation, slug="second"),
        number=1,
        title="Second",
        minutes=30,
    )
    for number, title in enumerate(["One", "Two"], start=1):
        Section.objects.create(version=version, position=number, title=title)
    one, two = version.sections.all()
    picking.add_questions(version, [ask("alpha").pk, ask("beta").pk], section=one.pk)
    picking.add_questions(version, [ask("gamma").pk], section=two.pk)
    return version


@pytest.fixture
def writer(member, draft):
    return Writer(signed_in(member), draft)


@pytest.fixture
def colleague(make_member, draft):
    """Somebody else of the organisation, who has the same draft open."""
    return Writer(signed_in(make_member("owner", email="o@acme.example")), draft)


@pytest.fixture
def order():
    """The slugs of a draft by section, in their order."""

    def read(version):
        found = {}
        for row in version.questions.order_by("position").select_related("section"):
            title = row.section.title if row.section else ""
            found.setdefault(title, []).append(row.question_version.question.slug)
        return found

    return read
