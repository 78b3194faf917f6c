"""What a shared link leads to; for everybody who has it."""

from django.urls import path

from assessments.recruiter.shared_views import shared

app_name = "shared"
urlpatterns = [path("<str:secret>/", shared, name="report")]
