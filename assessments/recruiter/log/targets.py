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
    Comment,
    Export,
    HiringConnection,
    Invitation,
    InvitationList,
    Label,
    Member,
    MemberInvitation,
    OpenLink,
    Organisation,
    Regrade,
    Review,
    SavedView,
    Scorecard,
    ShareLink,
    SimilarPair,
    WebhookEndpoint,
)
from assessments.recruiter.viewer import Viewer
from questions.models import Question, QuestionVersion


class Target(NamedTuple):
    """What an entry is about.

    Attributes:
        text: what it is: "the invitation of Ada to “First”".
        whom: the same behind a verb that says what it is: "Ada to “First”".
        url: "" where no page shows it, or nothing is left to show.
    """

    text: str
    whom: str
    url: str = ""


class Kind(NamedTuple):
    """How rows of a table are read, called and found; `before` is what they are."""

    rows: Callable[[], QuerySet[Any]]
    name: Callable[[Any, Viewer], str]
    url: Callable[[Any], str] = lambda row: ""
    before: str = ""

    def target(self, row: Any, viewer: Viewer) -> Target:
        name = self.name(row, viewer)
        return Target(f"{self.before}{name}", name, self.url(row))


Key = tuple[str, str]


def targets_of(entries: Iterable[AuditEntry], viewer: Viewer) -> dict[Key, Target]:
    """Return what is left of what the entries are about, in one query a kind."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        keys[entry.target_kind].add(entry.target_id)
    return {
        (name, str(row.pk)): kind.target(row, viewer)
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


def _titled(model: type[Model]) -> QuerySet[Any]:
    """Rows that are about an assessment, each with the title of its newest published version."""
    versions = AssessmentVersion.objects.filter(
        assessment=OuterRef("assessment"), published_at__isnull=False
    )
    newest = versions.order_by("-number").values("title")
    rows: QuerySet[Any] = model._default_manager.annotate(title=Subquery(newest[:1]))
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


def _of_attempt(model: type[Model], before: str) -> Kind:
    """Rows that are about an attempt, and are read on its page."""
    way = "attempt__invitation"
    return Kind(
        lambda: model._default_manager.select_related(
            f"{way}__candidate", f"{way}__assessment_version"
        ),
        lambda row, viewer: _sat(row.attempt, viewer),
        lambda row: _page(row.attempt),
        before,
    )


def _sat(attempt: Attempt, viewer: Viewer) -> str:
    return f"{viewer.name_of(attempt)} at “{attempt.version.title}”"


def _named(model: type[Model], before: str) -> Kind:
    """Rows that have a name, and no page of their own."""
    return Kind(model._default_manager.all, lambda row, viewer: f"“{row.name}”", before=before)


KINDS: Mapping[str, Kind] = {
    "invitation": Kind(
        _invitations,
        lambda row, viewer: f"{viewer.name_of(row)} to “{row.assessment_version.title}”",
        lambda row: _page_of(row.candidate_id),
        "the invitation of ",
    ),
    "attempt": Kind(Attempt.objects.with_candidate, _sat, _page, "the attempt of "),
    "comment": _of_attempt(Comment, "a comment on "),
    "review": _of_attempt(Review, "a review of "),
    "scorecard": _of_attempt(Scorecard, "a scorecard of "),
    "candidate": Kind(Candidate.objects.all, _candidate, lambda row: _page_of(row.pk)),
    "assessment": Kind(
        Assessment.objects.with_title,
        lambda row, viewer: f"“{row.title or row.slug}”",
        _page,
        "the assessment ",
    ),
    "assessmentversion": Kind(
        lambda: AssessmentVersion.objects.select_related("assessment"),
        lambda row, viewer: f"version {row.number} of “{row.title}”",
        lambda row: _page(row.assessment),
    ),
    "question": Kind(
        _questions,
        lambda row, viewer: f"“{row.newest_title or row.slug}”",
        _own_question,
        "the question ",
    ),
    "organisation": Kind(
        Organisation.objects.all,
        lambda row, viewer: row.name,
        lambda row: reverse("recruiter:organisation_of", args=[row.slug]),
    ),
    "openlink": Kind(
        lambda: OpenLink.objects.select_related("assessment"),
        lambda row, viewer: f"“{row.name}”",
        lambda row: _page(row.assessment),
        "the open link ",
    ),
    "regrade": Kind(
        lambda: _titled(Regrade),
        lambda row, viewer: f"“{row.title}”",
        _page,
        "the regrade of ",
    ),
    "invitationlist": Kind(
        lambda: _titled(InvitationList),
        lambda row, viewer: f"“{row.title}”",
        lambda row: reverse("recruiter:list_detail", args=[row.pk]),
        "a list for ",
    ),
    "similarpair": Kind(
        SimilarPair.objects.all,
        lambda row, viewer: "two submissions",
        lambda row: reverse("recruiter:similar_pair", args=[row.pk]),
    ),
    "webhookendpoint": Kind(
        WebhookEndpoint.objects.all, lambda row, viewer: f"“{row}”", _page, "the webhook "
    ),
    "export": Kind(
        Export.objects.all, lambda row, viewer: f"“{row.file_name}”", _page, "the export "
    ),
    "hiringconnection": Kind(
        HiringConnection.objects.all,
        lambda row, viewer: f"“{row}”",
        _page,
        "the hiring connection ",
    ),
    "sharelink": Kind(
        ShareLink.objects.all,
        lambda row, viewer: f"“{row}”",
        lambda row: reverse("recruiter:share_detail", args=[row.pk]),
        "the shared link ",
    ),
    "member": Kind(
        lambda: Member.objects.select_related("user"),
        lambda row, viewer: row.user.get_short_name(),
    ),
    "memberinvitation": Kind(MemberInvitation.objects.all, lambda row, viewer: row.email),
    "apitoken": _named(ApiToken, "the token "),
    "label": _named(Label, "the label "),
    "savedview": _named(SavedView, "the view "),
}
