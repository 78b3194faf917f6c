"""How often people have started an assessment, whichever of its versions."""

from collections.abc import Iterable

from django.db.models import Count

from assessments.models import Assessment, Attempt


def started_by(assessment: Assessment, emails: Iterable[str]) -> dict[str, int]:
    """Return how often whoever has one of `emails` has started `assessment`; previews are none."""
    begun = Attempt.objects.filter(
        organisation=assessment.organisation_id,
        invitation__candidate__email__in=list(emails),
        invitation__assessment_version__assessment=assessment,
        invitation__preview=False,
    )
    counted = begun.values_list("invitation__candidate__email").annotate(Count("pk")).order_by()
    return dict(counted)
