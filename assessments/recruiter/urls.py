from django.urls import path

from assessments.recruiter import views

app_name = "recruiter"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("assessments/<uuid:pk>/", views.assessment_detail, name="assessment_detail"),
    path("assessments/<uuid:pk>/invite/", views.invite, name="invite"),
    path("attempts/", views.attempt_list, name="attempt_list"),
    path("attempts/<uuid:pk>/", views.attempt_detail, name="attempt_detail"),
]
