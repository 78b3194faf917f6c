"""What belongs to the report of one attempt, below its own address."""

from django.urls import path

from assessments.recruiter import report_views as views

urlpatterns = [
    path("", views.attempt_detail, name="attempt_detail"),
    path("standing/", views.attempt_standing, name="attempt_standing"),
    path("questions/<int:question>/playback/", views.playback, name="playback"),
    path("questions/<int:question>/playback/steps/", views.playback_steps, name="playback_steps"),
]
