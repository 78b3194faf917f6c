from django.urls import path

from assessments.candidate import code_views as code
from assessments.candidate import invitation_views as invitation
from assessments.candidate import views

app_name = "candidate"
urlpatterns = [
    path("<str:token>/", invitation.welcome, name="welcome"),
    path("<str:token>/start/", invitation.start, name="start"),
    path("<str:token>/questions/<int:position>/", views.question, name="question"),
    path("<str:token>/questions/<int:position>/draft/", views.save_draft, name="draft"),
    path("<str:token>/questions/<int:position>/run/", code.run, name="run"),
    path("<str:token>/questions/<int:position>/submit/", code.submit, name="submit"),
    path("<str:token>/submissions/<uuid:pk>/", code.submission_detail, name="submission"),
    path("<str:token>/clock/", views.clock, name="clock"),
    path("<str:token>/review/", views.review, name="review"),
    path("<str:token>/finish/", views.finish, name="finish"),
    path("<str:token>/done/", views.done, name="done"),
]
