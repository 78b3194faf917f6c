"""Where the desk says who did what, and looks after candidates' data."""

from django.urls import path

from assessments.recruiter import candidate_views as candidates
from assessments.recruiter import log_views, outcomes_views

urlpatterns = [
    path("log/", log_views.log, name="log"),
    path("log/export/", log_views.log_export, name="log_export"),
    path("outcomes/", outcomes_views.outcomes, name="outcomes"),
    path("outcomes/export/", outcomes_views.outcomes_export, name="outcomes_export"),
    path("candidates/<uuid:pk>/", candidates.candidate, name="candidate"),
    path("candidates/<uuid:pk>/copy/", candidates.copy, name="candidate_copy"),
    path("candidates/<uuid:pk>/erase/", candidates.erase, name="candidate_erase"),
]
