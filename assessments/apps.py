from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from assessments.announcements import announced
from assessments.workplace import begin
from questions.in_use import told_by


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        told_by(self.asked_questions)
        user_logged_in.connect(begin)
        # Its module needs the tables, which are not read yet when this one is.
        announced.connect(import_string("assessments.actions.hiring_states.hear"))
        import_string("assessments.actions.securing.listen")()
        import_string("assessments.actions.signing_in.listen")()

    def asked_questions(self) -> QuerySet[Any, Any]:
        """The questions of every assessment version, of whichever organisation.

        Drafts count, for tomorrow they may be published; and so do versions of long ago, for an
        attempt at them may still be open, or may be read once more.
        """
        uses = self.get_model("AssessmentQuestion")._default_manager
        return uses.order_by().values("question_version__question")
