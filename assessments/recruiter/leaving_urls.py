"""Pages around a report: code that looks alike, shared links, PDF files, scorecards."""

from django.urls import path

from assessments.recruiter import paper_views, share_views, similar_views
from assessments.recruiter import scorecard_views as cards

urlpatterns = [
    path("attempts/<uuid:pk>/scorecards/", cards.scorecards, name="scorecards"),
    path("attempts/<uuid:pk>/scorecards/begin/", cards.begin, name="scorecard_begin"),
    path("scorecards/<int:pk>/", cards.scorecard, name="scorecard"),
    path("scorecards/<int:pk>/draft/", cards.scorecard_draft, name="scorecard_draft"),
    path("scorecards/<int:pk>/add/<int:number>/", cards.scorecard_add, name="scorecard_add"),
    path("scorecards/<int:pk>/remove/<str:key>/", cards.scorecard_remove, name="scorecard_remove"),
    path("scorecards/<int:pk>/hand-in/", cards.scorecard_hand_in, name="scorecard_hand_in"),
    path("scorecards/<int:pk>/reopen/", cards.scorecard_reopen, name="scorecard_reopen"),
    path("paper/<str:keys>/", paper_views.paper, name="paper"),
    path("papers/<uuid:pk>/", paper_views.paper_detail, name="paper_detail"),
    path("papers/<uuid:pk>/file/", paper_views.paper_file, name="paper_file"),
    path("share/<str:keys>/", share_views.share, name="share"),
    path("shared/", share_views.share_list, name="share_list"),
    path("shared/<int:pk>/", share_views.share_detail, name="share_detail"),
    path("shared/<int:pk>/revoke/", share_views.share_revoke, name="share_revoke"),
    path("similar/", similar_views.similar_list, name="similar_list"),
    path("similar/<int:pk>/", similar_views.similar_pair, name="similar_pair"),
    path("similar/<int:pk>/reopen/", similar_views.similar_reopen, name="similar_reopen"),
]
