"""An assessment with an open question, and people who answer and score it."""

from assessments import actions
from assessments.actions.reviewing import Points
from assessments.models import Answer, Assessment, AssessmentQuestion, AssessmentVersion
from tests.assessments.conftest import CHOICE, make_question

RUBRIC = [
    {"key": "a", "text": "Says that it is convex.", "points": 2},
    {"key": "b", "text": "Says why that matters.", "points": 2},
    {"key": "c", "text": "Names a case where it is not.", "points": 1},
]
ESSAY = {
    "context": "Whether they can explain.",
    "prompt": "Why is the loss convex?",
    "rubric": RUBRIC,
    "misconceptions": ["That convex means smooth."],
    "official_answer": "Its second derivative is never negative.",
}
FULL, HALF, NOTHING = 1.0, 0.5, 0.0


def essays(organisation, slug="essays", also=(), **fields):
    """A choice of weight 1, an open question of weight 3, and others of weight 4, published."""
    assessment = Assessment.objects.create(organisation=organisation, slug=slug)
    version = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="Essays", **{"minutes": 30} | fields
    )
    asked = [
        (f"{slug}-choice", "single_choice", CHOICE, 1),
        (f"{slug}-open", "open_text", ESSAY, 3),
    ]
    for position, (name, kind, content, weight) in enumerate(asked, start=1):
        AssessmentQuestion.objects.create(
            version=version,
            question_version=make_question(name, kind, content),
            position=position,
            weight=weight,
        )
    for position, question in enumerate(also, start=3):
        AssessmentQuestion.objects.create(
            version=version, question_version=question, position=position, weight=4
        )
    return actions.publish_assessment(version)


def written(version, text="Since it curves upwards.", name="Ada", option="a"):
    """The open answer of somebody new who has finished; None in its place where `text` is empty."""
    number = version.invitations.count()
    attempt = actions.start_attempt(actions.invite(version, name, f"w{number}@example.com"))
    choice, open_question = version.questions.order_by("position")[:2]
    if option:
        actions.save_answer(attempt, choice, {"option": option}, 0)
    if text:
        actions.save_answer(attempt, open_question, {"text": text}, 0)
    actions.finish_attempt(attempt)
    return Answer.objects.filter(attempt=attempt, question=open_question).first()


def points(*levels, comment=""):
    return Points({str(place): level for place, level in enumerate(levels)}, comment)


# Shares of the rubric above: 2 + 2 + 1 points.
ALL = points(FULL, FULL, FULL)  # 1.0
MOST = points(FULL, FULL, NOTHING)  # 0.8
SOME = points(FULL, NOTHING, NOTHING)  # 0.4
NONE = points(NOTHING, NOTHING, NOTHING)
