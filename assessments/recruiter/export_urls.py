"""Results as files for those who calculate with them."""

from django.urls import path

from assessments.recruiter import export_views as views

urlpatterns = [
    path("", views.export_list, name="export_list"),
    path("new/", views.export_new, name="export_new"),
    path("<uuid:pk>/", views.export_detail, name="export_detail"),
    path("<uuid:pk>/file/", views.export_file, name="export_file"),
    path("<uuid:pk>/codebook.md", views.export_codebook, name="export_codebook"),
    path("<uuid:pk>/delete/", views.export_delete, name="export_delete"),
]
