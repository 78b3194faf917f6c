"""What is refused to who has started an assessment as often as one may."""

from django.utils.translation import gettext as _

from assessments.actions.problems import AttemptsUsedUp
from assessments.begun import started_by
from assessments.models import AssessmentVersion, Candidate, Invitation


def is_used_up(version: AssessmentVersion, candidate: Candidate) -> bool:
    """Whether `candidate` has started as often as `version` allows."""
    return _begun(version, candidate) >= version.max_attempts


def refuse_another(version: AssessmentVersion, candidate: Candidate) -> None:
    """Raise AttemptsUsedUp where `candidate` has started as often as `version` allows."""
    begun = _begun(version, candidate)
    if begun >= version.max_attempts:
        raise AttemptsUsedUp(begun, version.max_attempts)


def _begun(version: AssessmentVersion, candidate: Candidate) -> int:
    return started_by(version.assessment, [candidate.email]).get(candidate.email, 0)


def refuse_a_start(invitation: Invitation) -> None:
    """The same for a start, in the words of the candidate's page.

    The candidate's row is locked by the caller: two links of one person are not followed at once.
    """
    if invitation.preview or invitation.one_more:
        return
    try:
        refuse_another(invitation.assessment_version, invitation.candidate)
    except AttemptsUsedUp as used_up:
        told = _("You have started this assessment as often as you may.")
        raise AttemptsUsedUp(used_up.begun, used_up.most, told) from used_up
