import django.utils.timezone
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef


def score_by_itself(apps, schema_editor):
    """Nobody has overridden anything yet; what has no score, nor code to grade, waits for people."""
    attempts = apps.get_model("assessments", "Attempt").objects
    submissions = apps.get_model("assessments", "Submission").objects
    apps.get_model("assessments", "Answer").objects.update(automatic=F("score"))
    attempts.update(automatic=F("score"))
    queued = submissions.filter(attempt=OuterRef("pk"), purpose="submit", status="queued")
    waiting = attempts.filter(finished_at__isnull=False, score=None)
    waiting.exclude(Exists(queued)).update(awaits_review=True)


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0011_similar_and_shared"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="automatic",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="automatic",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="awaits_review",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="regrade",
            name="grades",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="regrade",
            name="versions",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="regradedattempt",
            name="facts",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="regradedattempt",
            name="to_tell",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="regradedsubmission",
            name="graded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="regradedsubmission",
            name="retry_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="review",
            name="saved_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="review",
            name="skipped_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="email",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invitation", "Invitation"),
                    ("reminder", "Reminder"),
                    ("extended", "Extended"),
                    ("finished", "Finished"),
                    ("answered", "a request was answered"),
                    ("regraded", "a result changed"),
                    ("known", "the way back to an earlier invitation"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="regradedsubmission",
            index=models.Index(
                condition=models.Q(("graded_at", None)),
                fields=["regrade", "retry_at"],
                name="regraded_submission_waits",
            ),
        ),
        migrations.RunPython(score_by_itself, migrations.RunPython.noop, elidable=True),
    ]
