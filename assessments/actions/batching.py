"""Code of other systems: one module or a thousand, within what a token may send in a day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessments.actions.grading import submit_for_api
from assessments.actions.problems import TooManySubmissions
from assessments.models import ApiToken, Batch, BatchItem, Submission, TokenDay


@transaction.atomic(savepoint=False)
def submit_by_token(token: ApiToken, task: str, source: str) -> Submission:
    """Queue code that another system sent. Raises TooManySubmissions."""
    _take(token, 1)
    return submit_for_api(token.organisation, task, source)


@transaction.atomic
def submit_batch(token: ApiToken, items: Sequence[Mapping[str, str]]) -> Batch:
    """Queue every item: its "task", its "source", and as "id" what its sender calls it.

    All or none: raises TooManySubmissions where the token may not send so many today.
    """
    _take(token, len(items))
    batch: Batch = Batch.objects.create(
        organisation=token.organisation, token=token, total=len(items)
    )
    BatchItem.objects.bulk_create(
        BatchItem(
            batch=batch,
            position=position,
            name=item.get("id", ""),
            submission=submit_for_api(
                token.organisation, item["task"], item["source"], Submission.Purpose.BATCH
            ),
        )
        for position, item in enumerate(items, start=1)
    )
    return batch


def _take(token: ApiToken, number: int) -> None:
    """Count `number` more of today; the row is locked, so that two requests count one by one."""
    most = settings.API_SUBMISSIONS_PER_DAY
    if not most:
        return
    today = timezone.now().date()
    TokenDay.objects.get_or_create(token=token, day=today)
    day = TokenDay.objects.select_for_update().get(token=token, day=today)
    if day.submissions + number > most:
        raise TooManySubmissions(
            f"This token may send {most} submissions a day, and has sent {day.submissions}.",
            _until_tomorrow(),
        )
    day.submissions += number
    day.save(update_fields=["submissions"])


def _until_tomorrow() -> int:
    """The seconds that are left of today, in UTC."""
    now = timezone.now().astimezone(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return (midnight - now).seconds + 1
