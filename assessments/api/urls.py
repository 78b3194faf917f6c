"""Version 1 of the REST interface."""

from typing import Any

from django.urls import path, re_path

from assessments.api import accommodations, documentation, views

app_name = "api"

_LIST: dict[str, Any] = {"get": "list"}
_DETAIL: dict[str, Any] = {"get": "retrieve"}

urlpatterns = [
    path("tasks/", views.TaskList.as_view(), name="task-list"),
    path("tasks/<slug:slug>/", views.TaskDetail.as_view(), name="task-detail"),
    path(
        "submissions/",
        views.SubmissionViewSet.as_view({**_LIST, "post": "create"}),
        name="submission-list",
    ),
    path(
        "submissions/<uuid:pk>/",
        views.SubmissionViewSet.as_view(_DETAIL),
        name="submission-detail",
    ),
    path("attempts/", views.AttemptViewSet.as_view(_LIST), name="attempt-list"),
    path("attempts/<uuid:pk>/", views.AttemptViewSet.as_view(_DETAIL), name="attempt-detail"),
    path(
        "invitations/<uuid:pk>/accommodation/",
        accommodations.AccommodationDetail.as_view(),
        name="accommodation-detail",
    ),
    path("schema/", documentation.Schema.as_view(), name="schema"),
    path("docs/", documentation.Documentation.as_view(), name="docs"),
    re_path(".*[^/]$", views.missing_slash),
]
