"""Version 1 of the REST interface."""

from typing import Any

from django.urls import path, re_path, register_converter
from django.urls.converters import IntConverter

from assessments.api import (
    accommodations,
    documentation,
    judgements,
    problem_pages,
    reference,
    reviewing,
    views,
)
from assessments.api.assessments import AssessmentResource
from assessments.api.attempts import AttemptResource
from assessments.api.batches import BatchResource
from assessments.api.candidates import CandidateResource
from assessments.api.deliveries import DeliveryResource
from assessments.api.exports import ExportResource
from assessments.api.invitations import InvitationResource
from assessments.api.members import MemberResource
from assessments.api.pagination import ByPosition
from assessments.api.questions import QuestionResource
from assessments.api.webhooks import EndpointResource

app_name = "api"

_LIST: dict[str, Any] = {"get": "list"}
_DETAIL: dict[str, Any] = {"get": "retrieve"}


class KeyConverter(IntConverter):
    """A number that a column of keys can hold: a longer one would be an error of the database."""

    regex = "[0-9]{1,15}"


register_converter(KeyConverter, "key")

urlpatterns = [
    path("tasks/", views.TaskList.as_view(), name="task-list"),
    path("tasks/<slug:slug>/", views.TaskDetail.as_view(), name="task-detail"),
    path(
        "submissions/",
        views.SubmissionResource.as_view({**_LIST, "post": "create"}),
        name="submission-list",
    ),
    path(
        "submissions/<uuid:pk>/",
        views.SubmissionResource.as_view(_DETAIL),
        name="submission-detail",
    ),
    path("batches/", BatchResource.as_view({**_LIST, "post": "create"}), name="batch-list"),
    path("batches/<uuid:pk>/", BatchResource.as_view(_DETAIL), name="batch-detail"),
    path(
        "batches/<uuid:pk>/results/",
        BatchResource.as_view({"get": "results"}, pagination_class=ByPosition),
        name="batch-results",
    ),
    path("assessments/", AssessmentResource.as_view(_LIST), name="assessment-list"),
    path("assessments/<uuid:pk>/", AssessmentResource.as_view(_DETAIL), name="assessment-detail"),
    path("questions/", QuestionResource.as_view(_LIST), name="question-list"),
    path("questions/<key:pk>/", QuestionResource.as_view(_DETAIL), name="question-detail"),
    path("candidates/", CandidateResource.as_view(_LIST), name="candidate-list"),
    path(
        "candidates/<uuid:pk>/",
        CandidateResource.as_view({**_DETAIL, "delete": "destroy"}),
        name="candidate-detail",
    ),
    path("attempts/", AttemptResource.as_view(_LIST), name="attempt-list"),
    path("attempts/<uuid:pk>/", AttemptResource.as_view(_DETAIL), name="attempt-detail"),
    path(
        "attempts/<uuid:pk>/answers/",
        AttemptResource.as_view({"get": "answers"}, pagination_class=None),
        name="attempt-answers",
    ),
    path(
        "attempts/<uuid:pk>/report/",
        AttemptResource.as_view({"get": "report"}),
        name="attempt-report",
    ),
    path(
        "attempts/<uuid:pk>/decisions/",
        judgements.NewDecision.as_view(),
        name="attempt-decisions",
    ),
    path("attempts/<uuid:pk>/reviews/", reviewing.NewReview.as_view(), name="attempt-reviews"),
    path("reviews/", judgements.ReviewResource.as_view(_LIST), name="review-list"),
    path("reviews/<key:pk>/", judgements.ReviewResource.as_view(_DETAIL), name="review-detail"),
    path("decisions/", judgements.DecisionResource.as_view(_LIST), name="decision-list"),
    path(
        "decisions/<key:pk>/",
        judgements.DecisionResource.as_view(_DETAIL),
        name="decision-detail",
    ),
    path("exports/", ExportResource.as_view({**_LIST, "post": "create"}), name="export-list"),
    path(
        "exports/<uuid:pk>/",
        ExportResource.as_view({**_DETAIL, "delete": "destroy"}),
        name="export-detail",
    ),
    path("exports/<uuid:pk>/file/", ExportResource.as_view({"get": "file"}), name="export-file"),
    path(
        "exports/<uuid:pk>/codebook/",
        ExportResource.as_view({"get": "codebook"}),
        name="export-codebook",
    ),
    path("members/", MemberResource.as_view(_LIST), name="member-list"),
    path("members/<key:pk>/", MemberResource.as_view(_DETAIL), name="member-detail"),
    path(
        "invitations/",
        InvitationResource.as_view({**_LIST, "post": "create"}),
        name="invitation-list",
    ),
    path(
        "invitations/<uuid:pk>/",
        InvitationResource.as_view({**_DETAIL, "patch": "partial_update"}),
        name="invitation-detail",
    ),
    *(
        path(
            f"invitations/<uuid:pk>/{done}/",
            InvitationResource.as_view({"post": done}),
            name=f"invitation-{done}",
        )
        for done in ("revoke", "extend", "send")
    ),
    path(
        "invitations/<uuid:pk>/accommodation/",
        accommodations.AccommodationDetail.as_view(),
        name="accommodation-detail",
    ),
    path("webhooks/", EndpointResource.as_view({**_LIST, "post": "create"}), name="webhook-list"),
    path(
        "webhooks/<uuid:pk>/",
        EndpointResource.as_view({**_DETAIL, "patch": "partial_update", "delete": "destroy"}),
        name="webhook-detail",
    ),
    *(
        path(
            f"webhooks/<uuid:pk>/{done}/",
            EndpointResource.as_view({"post": done}),
            name=f"webhook-{done}",
        )
        for done in ("rotate", "test", "replay")
    ),
    path("deliveries/", DeliveryResource.as_view(_LIST), name="delivery-list"),
    path("deliveries/<key:pk>/", DeliveryResource.as_view(_DETAIL), name="delivery-detail"),
    path(
        "deliveries/<key:pk>/replay/",
        DeliveryResource.as_view({"post": "replay"}),
        name="delivery-replay",
    ),
    path("schema/", documentation.Schema.as_view(), name="schema"),
    path("problems/", problem_pages.problem_list, name="problem-list"),
    path("problems/<slug:name>/", problem_pages.problem_detail, name="problem-detail"),
    path("docs/", reference.documentation, name="docs"),
    path("docs/try/", documentation.Trial.as_view(), name="try"),
    re_path(".*[^/]$", views.missing_slash),
]
