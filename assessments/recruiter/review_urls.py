"""Open answers that people score."""

from django.urls import path

from assessments.recruiter import review_views as views

urlpatterns = [
    path("review/", views.review_queue, name="review_queue"),
    path("review/next/", views.review_next, name="review_next"),
    path("review/<int:pk>/", views.review_answer, name="review_answer"),
    path("review/<int:pk>/draft/", views.review_draft, name="review_draft"),
    path("review/<int:pk>/hand-in/", views.review_hand_in, name="review_hand_in"),
    path("review/<int:pk>/skip/", views.review_skip, name="review_skip"),
    path("review/<int:pk>/take-back/", views.review_take_back, name="review_take_back"),
    path("assessments/<uuid:pk>/agreement/", views.review_agreement, name="review_agreement"),
]
