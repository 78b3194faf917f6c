"""The table of candidates, its labels and saved views, and candidates side by side."""

from django.urls import path

from assessments.recruiter import (
    bulk_views,
    compare_views,
    label_views,
    saved_view_views,
    table_views,
)

urlpatterns = [
    path("attempts/", table_views.attempt_list, name="attempt_list"),
    path("attempts/export/", table_views.export, name="attempt_export"),
    path("attempts/bulk/", bulk_views.bulk, name="attempt_bulk"),
    path("anonymous/", table_views.anonymous, name="anonymous"),
    path("compare/", compare_views.compare, name="compare"),
    path("labels/", label_views.label_list, name="label_list"),
    path("labels/<int:pk>/rename/", label_views.rename, name="label_rename"),
    path("labels/<int:pk>/delete/", label_views.delete, name="label_delete"),
    path("views/save/", saved_view_views.save, name="view_save"),
    path("views/<int:pk>/open/", saved_view_views.open_with, name="view_open_with"),
    path("views/<int:pk>/delete/", saved_view_views.delete, name="view_delete"),
]
