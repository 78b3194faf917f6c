"""Links for people who are no members: made, followed, revoked. The secret is shown once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import note_look, record
from assessments.actions.problems import NothingToShare
from assessments.models import Attempt, ShareLink, ShareView, User

LONGEST_DAYS = 90
# Nobody reads as fast; whoever does loads the page by a machine.
VIEWS_A_MINUTE = 30
# A link that was followed so often tells nothing new by each further view.
MOST_VIEWS = 10_000


@transaction.atomic
def share(
    attempts: Sequence[Attempt],
    *,
    by: User | None,
    days: int,
    name: str = "",
    shows_personal_data: bool = False,
) -> tuple[ShareLink, str]:
    """Return a new link to finished attempts of one organisation, and its secret.

    Raises NothingToShare where one goes on, was erased, or belongs to another organisation.
    """
    keys = [attempt.pk for attempt in attempts]
    found = list(
        Attempt.objects.select_for_update(of=("self",))
        .filter(pk__in=keys, finished_at__isnull=False, invitation__erased_at=None)
        .select_related("organisation")
    )
    organisations = {attempt.organisation for attempt in found}
    if len(found) < len(set(keys)) or len(organisations) != 1:
        raise NothingToShare("A report can be shared once its attempt is over, until it is erased.")
    secret = secrets.token_urlsafe(32)
    link = ShareLink.objects.create(
        organisation=organisations.pop(),
        digest=_digest(secret),
        name=name,
        shows_personal_data=shows_personal_data,
        created_by=by,
        expires_at=timezone.now() + timedelta(days=min(max(days, 1), LONGEST_DAYS)),
    )
    link.attempts.set(found)
    record("link.shared", link, by=by, attempts=[str(attempt.pk) for attempt in found],
           days=days, personal_data=shows_personal_data)  # fmt: skip
    return link, secret


@transaction.atomic
def revoke_share(link: ShareLink, *, by: User) -> bool:
    """Close a link for good; return whether it was open."""
    closed = ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())
    if closed:
        record("link.revoked", link, by=by)
    return bool(closed)


def shared_by(secret: str) -> ShareLink | None:
    """Return the link with that secret, open or not; None for what is no link."""
    found: ShareLink | None = (
        ShareLink.objects.filter(digest=_digest(secret)).select_related("organisation").first()
    )
    return found


@transaction.atomic
def view_share(link: ShareLink, *, network: str, browser: str) -> bool:
    """Note that somebody follows an open link; False where it is followed too fast."""
    link = ShareLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    recent = link.views.filter(at__gt=timezone.now() - timedelta(minutes=1)).count()
    if recent >= VIEWS_A_MINUTE:
        return False
    for attempt in link.attempts.all():
        note_look(attempt, by=None, what="share")
    if link.views.count() < MOST_VIEWS:
        ShareView.objects.create(link=link, network=network[:50], browser=browser[:100])
    for attempt in link.attempts.all():
        note_look(attempt, by=None, what="share")
    return True


def _digest(secret: str) -> str:
    # The secret is random and long, so that no slow hash is needed.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
