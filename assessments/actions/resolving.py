"""What people say of code that looks alike. The machine only asks; it never answers."""

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.models import SimilarPair, User

State = SimilarPair.State


@transaction.atomic
def resolve_pair(pair: SimilarPair, state: str, note: str, *, by: User) -> SimilarPair:
    """Note what a person found: that both are alike by nature, or one was made from the other."""
    pair = SimilarPair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    pair.state, pair.note = State(state), note
    pair.resolved_at, pair.resolved_by = timezone.now(), by
    pair.save()
    record("pair.resolved", pair, by=by, state=pair.state)
    return pair


@transaction.atomic
def reopen_pair(pair: SimilarPair, *, by: User) -> SimilarPair:
    """Have the pair looked at once more; what was noted stays until somebody resolves it again."""
    pair = SimilarPair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if pair.state != State.OPEN:
        record("pair.reopened", pair, by=by, state=pair.state)
    pair.state, pair.resolved_at, pair.resolved_by = State.OPEN, None, None
    pair.save()
    return pair
