"""What people say of an attempt."""

from django.urls import path

from assessments.recruiter import judgement_views as views

urlpatterns = [
    path("attempts/<uuid:pk>/judgement/", views.judgement, name="judgement"),
    path("attempts/<uuid:pk>/decide/", views.decide, name="decide"),
    path("attempts/<uuid:pk>/override/", views.override, name="override"),
    path("attempts/<uuid:pk>/comment/", views.comment, name="comment"),
    path("comments/<int:pk>/", views.comment_edit, name="comment_edit"),
    path("comments/<int:pk>/delete/", views.comment_delete, name="comment_delete"),
]
