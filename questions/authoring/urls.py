from django.urls import path

from questions.authoring.views import editing, listing, versions

app_name = "authoring"
_ONE = "<slug:organisation>/<int:pk>/"
urlpatterns = [
    path("", listing.home, name="home"),
    path("<slug:organisation>/", listing.question_list, name="list"),
    path("<slug:organisation>/new/", listing.new, name="new"),
    path(_ONE, versions.question, name="question"),
    path(f"{_ONE}copy/", listing.copy, name="copy"),
    path(f"{_ONE}edit/", editing.edit, name="edit"),
    path(f"{_ONE}save/", editing.save, name="save"),
    path(f"{_ONE}send/", versions.send, name="send"),
    path(f"{_ONE}send-back/", versions.send_back, name="send_back"),
    path(f"{_ONE}publish/", versions.publish, name="publish"),
    path(f"{_ONE}discard/", versions.discard, name="discard"),
    path(f"{_ONE}withdraw/", versions.withdraw, name="withdraw"),
    path(f"{_ONE}audit/", versions.audit, name="audit"),
    path(f"{_ONE}versions/<int:number>/", versions.version, name="version"),
    path(f"{_ONE}versions/<int:number>/comment/", versions.comment, name="comment"),
    path(f"{_ONE}versions/<int:number>/preview/", editing.show, name="preview"),
]
