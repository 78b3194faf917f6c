"""Pages of one assessment: its overview, who is invited, and the ways to invite."""

from django.urls import path

from assessments.recruiter import (
    invitation_list_views,
    invitation_views,
    link_views,
    list_views,
    overview_views,
)

urlpatterns = [
    path("assessments/<uuid:pk>/", overview_views.assessment_detail, name="assessment_detail"),
    path("assessments/<uuid:pk>/questions/", overview_views.questions, name="assessment_questions"),
    path(
        "assessments/<uuid:pk>/invitations/",
        invitation_list_views.invitation_list,
        name="invitation_list",
    ),
    path(
        "assessments/<uuid:pk>/invitations/act/",
        invitation_list_views.act_on_invitations,
        name="act_on_invitations",
    ),
    path("assessments/<uuid:pk>/invite/", invitation_views.invite, name="invite"),
    path("assessments/<uuid:pk>/invite/list/", list_views.new_list, name="new_list"),
    path("lists/<uuid:pk>/", list_views.list_detail, name="list_detail"),
    path("lists/<uuid:pk>/left-out.csv", list_views.list_left_out, name="list_left_out"),
    path("assessments/<uuid:pk>/links/", link_views.link_list, name="link_list"),
    path("links/<uuid:pk>/change/", link_views.change_link, name="change_link"),
    path("links/<uuid:pk>/close/", link_views.close_link, name="close_link"),
    path("links/<uuid:pk>/reopen/", link_views.reopen_link, name="reopen_link"),
    path("invitations/<uuid:pk>/send/", invitation_views.send, name="send"),
    path("invitations/<uuid:pk>/extend/", invitation_views.extend, name="extend"),
    path("invitations/<uuid:pk>/revoke/", invitation_views.revoke, name="revoke"),
    path("emails/<int:pk>/send/", invitation_views.send_again, name="send_again"),
]
