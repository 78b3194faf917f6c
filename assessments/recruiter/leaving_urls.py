"""Pages around a report: code that looks alike, shared links, PDF files, scorecards."""

from django.urls import path

from assessments.recruiter import paper_views, share_views, similar_views

urlpatterns = [
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
