from django.urls import path

from assessments.recruiter.building import (
    editor_views,
    list_views,
    pick_views,
    version_views,
)

VERSION = "assessments/<uuid:pk>/versions/<int:number>/"
urlpatterns = [
    path("assessments/", list_views.assessment_list, name="assessment_list"),
    path("assessments/new/", list_views.new, name="new_assessment"),
    path("assessments/<uuid:pk>/draft/", version_views.new_version, name="new_version"),
    path("assessments/<uuid:pk>/archive/", version_views.archive, name="archive"),
    path("assessments/<uuid:pk>/unarchive/", version_views.unarchive, name="unarchive"),
    path("assessments/<uuid:pk>/closing/", version_views.closing, name="closing"),
    path(VERSION, version_views.version, name="version"),
    path(f"{VERSION}publish/", version_views.publish, name="publish"),
    path(f"{VERSION}clone/", version_views.clone, name="clone"),
    path(f"{VERSION}discard/", version_views.discard, name="discard"),
    path(f"{VERSION}preview/", version_views.preview, name="preview"),
    path(f"{VERSION}look/<int:question>/", pick_views.look, name="look"),
    path(f"{VERSION}edit/", editor_views.edit, name="edit_version"),
    path(f"{VERSION}edit/texts/", editor_views.save_texts, name="save_texts"),
    path(f"{VERSION}edit/settings/", editor_views.save_settings, name="save_settings"),
    path(f"{VERSION}edit/questions/", editor_views.save_questions, name="save_questions"),
    path(f"{VERSION}edit/pick/", pick_views.pick, name="pick"),
    path(f"{VERSION}edit/pool/", pick_views.new_pool, name="new_pool"),
]
