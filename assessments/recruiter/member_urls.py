"""Who comes in and how: members, their own accounts, and the tokens of other systems."""

from django.conf import settings
from django.urls import path

from assessments.recruiter import (
    account_views,
    saml_views,
    sign_on_views,
    token_views,
    welcome_views,
)
from assessments.recruiter import member_views as members

urlpatterns = [
    path("account/", account_views.account, name="account"),
    path("account/leave/", account_views.leave, name="leave"),
    path("welcome/<str:secret>/", welcome_views.welcome, name="welcome"),
    path("sign-in/", sign_on_views.start, name="sign_on"),
    path("organisation/<slug:slug>/members/", members.member_list, name="member_list"),
    path("organisation/<slug:slug>/sign-in/", members.sign_in_rules, name="sign_in_rules"),
    path(
        "organisation/<slug:slug>/single-sign-on/",
        sign_on_views.single_sign_on,
        name="single_sign_on",
    ),
    path(
        "organisation/<slug:slug>/single-sign-on/remove/",
        sign_on_views.remove,
        name="single_sign_on_remove",
    ),
    path("members/<int:pk>/role/", members.change_role, name="member_role"),
    path("members/<int:pk>/remove/", members.remove, name="member_remove"),
    path("tokens/", token_views.token_list, name="token_list"),
    path("tokens/<int:pk>/revoke/", token_views.revoke, name="token_revoke"),
    path("member-invitations/<int:pk>/send/", members.send_invitation, name="member_send"),
    path("member-invitations/<int:pk>/revoke/", members.revoke_invitation, name="member_revoke"),
]
if settings.SAML:
    saml = "organisation/<slug:slug>/single-sign-on/saml/"
    urlpatterns += [
        path(saml, saml_views.saml, name="sign_on_by_saml"),
        path(f"{saml}remove/", saml_views.remove, name="sign_on_by_saml_remove"),
    ]
