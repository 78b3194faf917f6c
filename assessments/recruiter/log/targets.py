"""What entries of the log are about: its name as it is now, and the way to it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.urls import reverse

from assessments.models import (
    ApiToken,
    Assessment,
    AssessmentVersion,
    Attempt,
    AuditEntry,
    Candidate,
    Invitation,
    Label,
    Member,
    MemberInvitation,
    OpenLink,
    Organisation,
    SavedView,
)
from assessments.recruiter.viewer import Viewer
from questions.models import Question, QuestionVersion


class Target(NamedTuple):
    """What an entry is about; `url` is "" where no page shows it, or nothing is left to show."""

    text: str
    url: str = ""


class Kind(NamedTuple):
    """How rows of a table are read, called and found."""

    rows: Callable[[], QuerySet[Any]]
    text: Callable[[Any, Viewer], str]
    url: Callable[[Any], str] = lambda row: ""


Key = tuple[str, str]


def targets_of(entries: Iterable[AuditEntry], viewer: Viewer) -> dict[Key, Target]:
    """Return what is left of what the entries are about, in one query a kind."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        keys[entry.target_kind].add(entry.target_id)
    return {
        (name, str(row.pk)): Target(kind.text(row, viewer), kind.url(row))
        for name, kind in KINDS.items()
        if name in keys
        for row in kind.rows().filter(pk__in=keys[name])
    }


def noun_of(kind: str) -> str:
    """How rows of a table are called: "saved view"."""
    app = "questions" if kind == "question" else "assessments"
    try:
        return str(apps.get_model(app, kind)._meta.verbose_name).replace("api ", "")
    except LookupError:
        return kind


def _invitations() -> QuerySet[Invitation]:
    found = Invitation.objects.select_related("candidate", "assessment_version", "attempt")
    rows: QuerySet[Invitation] = found
    return rows


def _questions() -> QuerySet[Question]:
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    return Question.objects.select_related("organisation").annotate(
        newest_title=Subquery(newest.values("title")[:1])
    )


def _candidate(candidate: Candidate, viewer: Viewer) -> str:
    return candidate.name if viewer.sees_names(candidate.organisation_id) else "a candidate"


def _page_of(candidate: Any) -> str:
    return reverse("recruiter:candidate", args=[candidate])


def _own_question(question: Question) -> str:
    if question.organisation is None:
        return ""
    return reverse("authoring:question", args=[question.organisation.slug, question.pk])


def _page(row: Model) -> str:
    return str(row.get_absolute_url())  # type: ignore[attr-defined]


KINDS: Mapping[str, Kind] = {
    "invitation": Kind(
        _invitations,
        lambda row, viewer: (
            f"the invitation of {viewer.name_of(row)} to “{row.assessment_version.title}”"
        ),
        lambda row: _page_of(row.candidate_id),
    ),
    "attempt": Kind(
        lambda: Attempt.objects.with_candidate(),
        lambda row, viewer: f"the attempt of {viewer.name_of(row)} at “{row.version.title}”",
        _page,
    ),
    "candidate": Kind(Candidate.objects.all, _candidate, lambda row: _page_of(row.pk)),
    "assessment": Kind(
        lambda: Assessment.objects.with_title(),
        lambda row, viewer: f"the assessment “{row.title or row.slug}”",
        _page,
    ),
    "assessmentversion": Kind(
        lambda: AssessmentVersion.objects.select_related("assessment"),
        lambda row, viewer: f"version {row.number} of the assessment “{row.title}”",
        lambda row: _page(row.assessment),
    ),
    "question": Kind(
        _questions,
        lambda row, viewer: f"the question “{row.newest_title or row.slug}”",
        _own_question,
    ),
    "organisation": Kind(
        Organisation.objects.all,
        lambda row, viewer: row.name,
        lambda row: reverse("recruiter:organisation_of", args=[row.slug]),
    ),
    "apitoken": Kind(ApiToken.objects.all, lambda row, viewer: f"the token “{row.name}”"),
    "label": Kind(Label.objects.all, lambda row, viewer: f"the label “{row.name}”"),
    "savedview": Kind(SavedView.objects.all, lambda row, viewer: f"the view “{row.name}”"),
    "openlink": Kind(
        lambda: OpenLink.objects.select_related("assessment"),
        lambda row, viewer: f"the open link “{row.name}”",
        lambda row: _page(row.assessment),
    ),
    "member": Kind(
        lambda: Member.objects.select_related("user"),
        lambda row, viewer: row.user.get_short_name(),
    ),
    "memberinvitation": Kind(
        MemberInvitation.objects.all, lambda row, viewer: f"the invitation of {row.email}"
    ),
}
