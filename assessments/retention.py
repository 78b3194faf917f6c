"""For how long data are kept, and what the next night would erase."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.models import Invitation, Organisation

# Up to five years; the law asks for a reason, and not for a certain number.
PERIODS = {
    30: "30 days",
    90: "90 days",
    182: "half a year",
    365: "1 year",
    730: "2 years",
    1096: "3 years",
    1461: "4 years",
    1826: "5 years",
}


def outlived_by_period(organisation: Organisation, periods: Iterable[int]) -> dict[int, int]:
    """Return how many invitations the next night erases if so many days are kept, in one query."""
    now, days = timezone.now(), list(periods)
    counts: dict[str, Any] = {
        f"after_{each}": Count("pk", filter=Q(ended__lt=now - timedelta(each))) for each in days
    }
    kept = Invitation.objects.of(organisation).filter(erased_at=None)
    # An attempt that goes on has not ended, whenever its invitation expired.
    ended = kept.exclude(attempt__isnull=False, attempt__finished_at=None)
    found = ended.annotate(ended=Coalesce("attempt__finished_at", "expires_at")).aggregate(**counts)
    return {each: found[f"after_{each}"] for each in days}
