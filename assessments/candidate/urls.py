from django.urls import path

from assessments.candidate import after_views as after
from assessments.candidate import breaks, declarations, language, observed, views
from assessments.candidate import check_views as check
from assessments.candidate import code_views as code
from assessments.candidate import data_views as data
from assessments.candidate import invitation_views as invitation
from assessments.candidate import practice_views as practice
from assessments.candidate import problem_views as problems
from assessments.candidate import request_views as requests
from assessments.candidate import section_views as sections

app_name = "candidate"
urlpatterns = [
    path("language/", language.choose, name="language"),
    path("<str:token>/", invitation.welcome, name="welcome"),
    path("<str:token>/start/", invitation.start, name="start"),
    path("<str:token>/accommodation/", requests.accommodation, name="accommodation"),
    path("<str:token>/declare/", declarations.declare, name="declare"),
    path("<str:token>/check/", check.check, name="check"),
    path("<str:token>/check/echo/", check.echo, name="check_echo"),
    path("<str:token>/check/run/", check.run, name="check_run"),
    path("<str:token>/check/run/<uuid:pk>/", check.ran, name="check_ran"),
    path("<str:token>/practice/", practice.practice, name="practice"),
    path("<str:token>/practice/over/", practice.start_over, name="practice_over"),
    path("<str:token>/practice/<int:position>/", practice.question, name="practice_question"),
    path("<str:token>/practice/<int:position>/draft/", practice.save_draft, name="practice_draft"),
    path("<str:token>/practice/<int:position>/run/", practice.run, name="practice_run"),
    path("<str:token>/practice/<int:position>/submit/", practice.submit, name="practice_submit"),
    path(
        "<str:token>/practice/<int:position>/feedback/", practice.feedback, name="practice_feedback"
    ),
    path("<str:token>/questions/<int:position>/", views.question, name="question"),
    path("<str:token>/questions/<int:position>/draft/", views.save_draft, name="draft"),
    path("<str:token>/questions/<int:position>/run/", code.run, name="run"),
    path("<str:token>/questions/<int:position>/submit/", code.submit, name="submit"),
    path("<str:token>/questions/<int:position>/history/", code.history_list, name="history"),
    path("<str:token>/questions/<int:position>/pass/", views.pass_on, name="pass"),
    path("<str:token>/questions/<int:position>/flag/", sections.flag, name="flag"),
    path("<str:token>/sections/<int:number>/", sections.section, name="section"),
    path("<str:token>/sections/<int:number>/start/", sections.start, name="section_start"),
    path("<str:token>/sections/<int:number>/finish/", sections.finish, name="section_finish"),
    path("<str:token>/break/", breaks.page, name="break"),
    path("<str:token>/break/start/", breaks.start, name="break_start"),
    path("<str:token>/break/end/", breaks.end, name="break_end"),
    path("<str:token>/submissions/<uuid:pk>/", code.submission_detail, name="submission"),
    path("<str:token>/tab/", observed.tab, name="tab"),
    path("<str:token>/events/", observed.events, name="events"),
    path("<str:token>/clock/", views.clock, name="clock"),
    path("<str:token>/review/", views.review, name="review"),
    path("<str:token>/finish/", views.finish, name="finish"),
    path("<str:token>/questions/<int:position>/problem/", problems.problem, name="problem"),
    path("<str:token>/done/", after.done, name="done"),
    path("<str:token>/done/problem/", after.report, name="report"),
    path("<str:token>/done/rating/", after.rating, name="rating"),
    path("<str:token>/data/", data.data, name="data"),
    path("<str:token>/data/copy/", data.copy, name="copy"),
    path("<str:token>/data/erase/", data.erase, name="erase"),
]
