from django.urls import include, path

from assessments.recruiter import accommodation_views as granting
from assessments.recruiter import organisation_views as organisations
from assessments.recruiter import request_views as requests
from assessments.recruiter import switching_views, template_views, views

app_name = "recruiter"
urlpatterns = [
    path("", include("assessments.recruiter.member_urls")),
    path("", views.dashboard, name="dashboard"),
    path("", include("assessments.recruiter.building.urls")),
    path("", include("assessments.recruiter.inviting_urls")),
    path("invitations/<uuid:pk>/accommodations/", granting.accommodations, name="accommodations"),
    path("invitations/<uuid:pk>/more-time/", granting.more_time, name="more_time"),
    path("attempts/<uuid:pk>/reopen/", granting.reopen, name="reopen"),
    path("requests/", requests.request_list, name="request_list"),
    path(
        "requests/accommodations/<int:pk>/",
        requests.answer_accommodation,
        name="answer_accommodation",
    ),
    path("requests/problems/<int:pk>/", requests.answer_problem, name="answer_problem"),
    path("requests/erasures/<int:pk>/", requests.erase, name="erase"),
    path("switch/", switching_views.switch, name="switch"),
    path("organisation/", organisations.organisation, name="organisation"),
    path("organisation/<slug:slug>/", organisations.organisation, name="organisation_of"),
    path("", include("assessments.recruiter.table_urls")),
    path("exports/", include("assessments.recruiter.export_urls")),
    path("attempts/<uuid:pk>/", include("assessments.recruiter.report_urls")),
    path("", include("assessments.recruiter.leaving_urls")),
    path("hiring/", include("assessments.recruiter.hiring_urls")),
    path("webhooks/", include("assessments.recruiter.webhook_urls")),
    path("", include("assessments.recruiter.protection_urls")),
    path("", include("assessments.recruiter.review_urls")),
    path("", include("assessments.recruiter.judgement_urls")),
    path("", include("assessments.recruiter.regrade_urls")),
    path("templates/", template_views.template_list, name="template_list"),
    path("templates/<slug:slug>/", template_views.template_detail, name="template_detail"),
    path("templates/<slug:slug>/create/", template_views.create, name="template_create"),
    path("templates/<slug:slug>/draft/", template_views.draft, name="template_draft"),
    path(
        "templates/<slug:slug>/questions/<slug:question>/",
        template_views.question_preview,
        name="question_preview",
    ),
]
