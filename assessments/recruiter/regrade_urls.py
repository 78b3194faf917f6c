"""Grading again."""

from django.urls import path

from assessments.recruiter import regrade_views as views

urlpatterns = [
    path("assessments/<uuid:pk>/regrade/", views.regrade_start, name="regrade_start"),
    path("regrades/<uuid:pk>/", views.regrade_detail, name="regrade_detail"),
    path("regrades/<uuid:pk>/differences.csv", views.regrade_export, name="regrade_export"),
    path("regrades/<uuid:pk>/take-over/", views.regrade_commit, name="regrade_commit"),
    path("regrades/<uuid:pk>/discard/", views.regrade_discard, name="regrade_discard"),
    path("regrades/<uuid:pk>/compare-again/", views.regrade_refresh, name="regrade_refresh"),
    path("regrades/<uuid:pk>/try-again/", views.regrade_retry, name="regrade_retry"),
]
