from django.urls import path

from questions.authoring.views import editing, exporting, importing, listing, versions

app_name = "authoring"
_ONE = "<slug:organisation>/<int:pk>/"
_FILE = "<slug:organisation>/import/<int:pk>/"
urlpatterns = [
    path("", listing.home, name="home"),
    path("<slug:organisation>/", listing.question_list, name="list"),
    path("<slug:organisation>/new/", listing.new, name="new"),
    path("<slug:organisation>/import/", importing.new, name="import_new"),
    path(_FILE, importing.show, name="import"),
    path(f"{_FILE}store/", importing.store, name="import_store"),
    path(f"{_FILE}discard/", importing.discard, name="import_discard"),
    path(f"{_FILE}again/", importing.ask_again, name="import_again"),
    path(f"{_FILE}<int:number>/", importing.question, name="import_question"),
    path(f"{_FILE}<int:number>/preview/", importing.see, name="import_preview"),
    path("<slug:organisation>/export/", exporting.choose, name="export"),
    path("<slug:organisation>/export/file/", exporting.download, name="export_file"),
    path("<slug:organisation>/export/losses/", exporting.losses, name="export_losses"),
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
