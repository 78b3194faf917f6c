"""Every address of the product, by room."""

from django.urls import include, path, re_path

from assessments.candidate.script_words import script_words
from assessments.health import healthz
from assessments.missing import nowhere
from assessments.recruiter.views import landing

urlpatterns = [
    path("", landing, name="home"),
    path("healthz", healthz, name="healthz"),
    path("words/<str:language>-<str:version>.js", script_words, name="script_words"),
    # Members have one address, that of their invitation, and nobody signs up.
    re_path(r"^accounts/(signup|email|confirm-email|3rdparty/(signup/)?$)", nowhere),
    # Nobody is signed out by an address that their provider's page leads to.
    re_path(r"^accounts/saml/[^/]+/sls/", nowhere),
    path("accounts/", include("allauth.urls")),
    path("sit/", include("assessments.candidate.urls")),
    path("join/", include("assessments.candidate.join_urls")),
    path("share/", include("assessments.recruiter.shared_urls")),
    path("study/", include("questions.study.urls")),
    path("desk/questions/", include("questions.authoring.urls")),
    path("desk/", include("assessments.recruiter.urls")),
    path("api/v1/", include("assessments.api.urls")),
    path("integrations/", include("assessments.integrations.hiring.urls")),
]

handler400 = "assessments.api.problems.bad_request"
handler403 = "assessments.api.problems.forbidden"
handler404 = "assessments.missing.not_found"
handler500 = "assessments.api.problems.server_error"
