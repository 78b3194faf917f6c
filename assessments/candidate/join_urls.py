from django.urls import path

from assessments.candidate import join_views

app_name = "joining"
urlpatterns = [
    path("<str:token>/", join_views.join_page, name="join"),
    path("<str:token>/sent/", join_views.joined, name="joined"),
]
