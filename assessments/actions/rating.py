"""What candidates think of the assessment; nobody who scores is told who thinks what."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions.locking import locked
from assessments.actions.problems import AttemptRuns
from assessments.models import Attempt, Rating


@transaction.atomic
def rate(attempt: Attempt, stars: int, text: str = "") -> Rating:
    """Keep the rating of an attempt that is over, in place of an earlier one; raise AttemptRuns."""
    attempt = locked(attempt)
    if attempt.finished_at is None:
        raise AttemptRuns(_("The assessment can be rated once it is over."))
    rating, _created = Rating.objects.update_or_create(
        attempt=attempt, defaults={"stars": stars, "text": text}
    )
    return rating
