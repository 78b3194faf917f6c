"""How often an organisation asked its questions: whoever asks them counts here."""

from collections.abc import Iterable, Mapping

from django.db import models, transaction
from django.db.models import F

from questions.models import Exposure


def record_asked(organisation: models.Model, assessments: Mapping[int, int]) -> None:
    """Store in how many published assessments each question is, by its primary key."""
    rows = [
        Exposure(question_id=question, organisation_id=organisation.pk, assessments=count)
        for question, count in assessments.items()
    ]
    Exposure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["question", "organisation"],
        update_fields=["assessments"],
    )


@transaction.atomic
def record_shown(organisation: models.Model, questions: Iterable[int]) -> None:
    """Count one candidate more for each of the questions, given by their primary keys.

    The rows are locked in one order, or two candidates who begin at once could lock each other out.
    """
    counted = Exposure.objects.filter(organisation=organisation.pk, question__in=list(questions))
    locked = list(counted.order_by("pk").select_for_update().values_list("pk", flat=True))
    Exposure.objects.filter(pk__in=locked).update(candidates=F("candidates") + 1)
