"""What members and machines keep about an attempt, once its candidate is erased.

Numbers stay: scores, points, parts of scores, what was decided. Words go, and whatever would lead
to the code again.
"""

from urllib.parse import parse_qsl, urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.actions.baring import bare
from assessments.actions.exporting import forget_exports_of
from assessments.models import (
    Attempt,
    Candidate,
    Export,
    Fingerprint,
    HiringOrder,
    Invitation,
    InvitationList,
    Label,
    Paper,
    PastGrading,
    Regrade,
    RegradedSubmission,
    SavedView,
    ShareLink,
    ShareView,
    SimilarPair,
)

# Where a reason has to be given, and it was taken away.
ERASED = "(erased)"
# What a saved view keeps of a search for somebody.
SEARCH = "q"


def forget_what_was_said(attempt: Attempt) -> None:
    """Remove the words of members about `attempt`; call it under the lock of the attempt."""
    attempt.comments.all().delete()
    attempt.reviews.filter(submitted_at=None).delete()
    attempt.reviews.update(comment="")
    attempt.overrides.update(reason=ERASED)
    attempt.decisions.update(reason=ERASED)
    attempt.scorecards.update(items=[], notes="")
    _forget_labels(attempt)
    _close_shares(attempt)
    forget_exports_of(attempt)
    _forget_likeness(attempt)
    _forget_gradings(attempt)


def _forget_labels(attempt: Attempt) -> None:
    """A word that is on nobody else whom it could mean may be about this person alone.

    One that others have, too, stays: percentiles among those who have it would change.
    """
    others = Attempt.objects.filter(invitation__erased_at=None).exclude(
        invitation__candidate=attempt.invitation.candidate_id
    )
    # Asked label by label: the first of the others answers, of however many there are.
    told = Exists(others.filter(labels=OuterRef("pk")))
    alone = attempt.labels.filter(~told).values_list("pk", flat=True)
    Label.objects.filter(pk__in=list(alone)).delete()


def _close_shares(attempt: Attempt) -> None:
    """Whoever has a link sees nothing more, and whom it was for stands nowhere."""
    links = ShareLink.objects.filter(attempts=attempt)
    ShareView.objects.filter(link__in=links).delete()
    Paper.objects.filter(attempts=attempt).delete()
    links.filter(revoked_at=None).update(revoked_at=timezone.now())
    links.update(name="")


def _forget_likeness(attempt: Attempt) -> None:
    """What somebody found out about another's code stays with that one, without words."""
    Fingerprint.objects.filter(submission__attempt=attempt).delete()
    pairs = SimilarPair.objects.of_attempt(attempt.pk)
    pairs.filter(state=SimilarPair.State.OPEN).delete()
    pairs.update(note="")


def _forget_gradings(attempt: Attempt) -> None:
    """Reports keep their numbers; what was being graded again is left out of it."""
    attempt.regrades.exclude(regrade__state=Regrade.State.COMMITTED).delete()
    attempt.regrades.update(to_tell=False)
    tried = RegradedSubmission.objects.filter(submission__attempt=attempt)
    tried.filter(Q(report=None) | ~Q(regrade__state=Regrade.State.COMMITTED)).delete()
    for each in tried:
        each.report, each.last_fault = bare(each.report), ""
        each.save(update_fields=["report", "last_fault"])
    for past in PastGrading.objects.filter(submission__attempt=attempt):
        past.report = bare(past.report)
        past.save(update_fields=["report"])


def forget_order(invitation: Invitation) -> None:
    """Remove what is personal of the order behind `invitation`, and what leads back to it."""
    order = HiringOrder.objects.select_for_update().filter(invitation=invitation).first()
    if order is None:
        return
    order.errors.all().delete()
    order.name = order.email = order.profile_url = order.callback_url = ""
    order.natural_key, order.reference = f"erased {order.pk}", {}
    order.state, order.telling = HiringOrder.State.ERASED, HiringOrder.Telling.NOTHING
    order.changed_at, order.revision = timezone.now(), order.revision + 1
    order.save()


def forget_words_about(candidate: Candidate) -> None:
    """Take the candidate out of the lists that members pasted, and of the views they saved.

    An export that is still to find the candidate by their name is deleted.
    """
    pasted = InvitationList.objects.filter(organisation=candidate.organisation_id)
    for each in pasted.filter(text__icontains=candidate.email):
        lines = each.text.splitlines(keepends=True)
        each.text = "".join(line for line in lines if candidate.email not in line.lower())
        each.save(update_fields=["text"])
    for view in SavedView.objects.filter(organisation=candidate.organisation_id):
        fields = parse_qsl(view.query, keep_blank_values=True)
        kept = [(name, text) for name, text in fields if not _searches(candidate, name, text)]
        if kept != fields:
            view.query = urlencode(kept)
            view.save(update_fields=["query"])
    waiting = Export.objects.filter(organisation=candidate.organisation_id).open()
    for export in waiting.exclude(query=""):
        fields = parse_qsl(export.query, keep_blank_values=True)
        if any(_searches(candidate, name, text) for name, text in fields):
            export.delete()


def _searches(candidate: Candidate, name: str, text: str) -> bool:
    if name != SEARCH or not text.strip():
        return False
    known, sought = f"{candidate.name} {candidate.email}".lower(), text.strip().lower()
    return sought in known or candidate.name.lower() in sought
