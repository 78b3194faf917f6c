"""`manage.py score_parts`: what the table of candidates sorts by, for attempts scored before it."""

from typing import Any

from django.core.management.base import BaseCommand

from assessments.actions import score_parts
from assessments.models import Attempt


class Command(BaseCommand):
    help = "Make the scores of topics, families and sections that finished attempts lack."

    def handle(self, **options: Any) -> None:
        lacking = Attempt.objects.filter(
            finished_at__isnull=False, part_scores=None, invitation__erased_at=None
        )
        count = 0
        for attempt in lacking.order_by("pk").iterator():
            score_parts(attempt)
            count += 1
        self.stdout.write(f"made the parts of {count} attempts")
