"""Why a write was refused. Each message is a sentence for the person who tried it."""

from assessments.models import Answer, Review


class AttemptClosed(Exception):
    """The attempt no longer takes answers."""


class SectionClosed(AttemptClosed):
    """The section was left or has not begun, or the question's turn is over or not yet come."""


class OnBreak(AttemptClosed):
    """The clock stands still, and so does everything else."""


class NoBreakLeft(Exception):
    """No break was granted, or all of it was taken."""


class TooLittleTime(Exception):
    """What was granted would end a sitting that goes on."""


class HeldElsewhere(Exception):
    """Another tab saves for this attempt; this one may take over."""


class InvitationClosed(Exception):
    """The invitation was revoked, or has expired."""


class NotYetOpen(InvitationClosed):
    """The invitation can be followed later, but not yet."""


class AttemptsUsedUp(InvitationClosed):
    """The candidate has started the assessment as often as it allows.

    Attributes:
        begun: how often that was.
        most: how often it is allowed.
    """

    def __init__(self, begun: int, most: int, sentence: str = "") -> None:
        times = "once" if begun == 1 else f"{begun} times"
        super().__init__(sentence or f"Started {times} already, and {most} is the most.")
        self.begun, self.most = begun, most


class LinkClosed(Exception):
    """The open link was closed, has expired, or has invited as many as it may."""


class LinkBusy(Exception):
    """Faster than people can follow a link, it is being followed."""


class RequestOpen(Exception):
    """A request waits for its answer, so that another one has to wait."""


class AlreadyAnswered(Exception):
    """Somebody was quicker to answer."""


class TooManyReports(Exception):
    """A candidate reported so much that more of it would bury the rest."""


class AttemptRuns(Exception):
    """What was asked for has to wait until the attempt is over, and graded."""


class ReasonMissing(ValueError):
    """What a person decides or overrides is kept with a reason."""


class NothingToTakeBack(Exception):
    """No override is in force."""


class RegradeOpen(Exception):
    """Another regrade of the assessment is open."""


class RegradeClosed(Exception):
    """A regrade was taken over or discarded before."""


class RegradeBlocked(Exception):
    """A dry run goes on, or could not grade something: no score may come of that."""


class RegradeOutdated(Exception):
    """Attempts changed since they were compared, so that what was shown is not what would be."""


class NothingToRegrade(Exception):
    """No attempt is there that could be graded again."""


class WasErased(Exception):
    """What a score was made of is gone, so that it stays as it is."""


class AlreadyDecided(Exception):
    """Somebody has decided of the candidate, and what that rests on stays."""


class ReviewClosed(Exception):
    """An answer takes no points from this person: it was scored, by them or by enough others."""


class StaleReview(Exception):
    """A save built on an older revision than the kept one; nothing was changed.

    Attributes:
        review: what is kept.
    """

    def __init__(self, review: Review) -> None:
        super().__init__(f"This review was saved elsewhere; revision {review.revision} is current.")
        self.review = review


class NotReopened(Exception):
    """A sitting that is over has to stay so."""


class NotPublished(Exception):
    """Only a published assessment can be sent to candidates."""


class AlreadyMember(Exception):
    """Whoever is invited belongs to the organisation already."""


class MemberInvitationClosed(Exception):
    """An invitation of a member was accepted, revoked or let expire, or is somebody else's."""


class NotAdmitted(Exception):
    """A provider vouches for somebody who is no member here, nor invited."""


class LastOwner(Exception):
    """An organisation always has an owner."""


class NotADraft(Exception):
    """What was to be changed is published, or was thrown away; nothing of it changes any more."""


class NotThere(Exception):
    """A part of a draft that somebody removed in between."""


class NotWhatWasShown(Exception):
    """A draft changed since it was looked through, so that it is not published unseen."""


class TooManyQuestions(Exception):
    """A version would ask more than anybody sits."""


class QuestionsMissing(Exception):
    """A role template names questions that the bank has not published, or has withdrawn.

    Attributes:
        slugs: which ones.
    """

    def __init__(self, title: str, slugs: list[str]) -> None:
        named = ", ".join(slugs)
        super().__init__(f"“{title}” asks what is not published, or was withdrawn: {named}.")
        self.slugs = slugs


class InvalidAnswer(ValueError):
    """The answer has not the shape that its question asks for.

    Attributes:
        field: the one of the candidate's own inputs that cannot be read; "" for anything else.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class TooManySubmissions(Exception):
    """Code was not taken, for so much of it came before.

    Attributes:
        retry_after: the seconds after which it is taken, None where nobody can tell.
    """

    def __init__(self, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class StaleRevision(Exception):
    """A save built on an older revision than the stored one; nothing was changed.

    Attributes:
        answer: the stored state, for the page to show and to build on.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"This answer was saved elsewhere; revision {answer.revision} is current.")
        self.answer = answer


class NothingToShare(Exception):
    """A report that nobody outside may see: its attempt goes on, or was erased."""


class WebhookOff(Exception):
    """Nothing is sent to a webhook that is switched off."""


class JudgedMeanwhile(Exception):
    """Somebody else decided, or set a score, since the page was shown."""
