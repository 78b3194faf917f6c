from django.db import migrations
from django.db.models import Count


def count_exposure(apps, schema_editor):
    """Count what was asked before there was a counter."""
    places = apps.get_model("assessments", "AssessmentQuestion").objects.filter(
        version__published_at__isnull=False
    )
    counted = places.order_by().values(
        "question_version__question", "version__assessment__organisation"
    )
    apps.get_model("questions", "Exposure").objects.bulk_create(
        apps.get_model("questions", "Exposure")(
            question_id=row["question_version__question"],
            organisation_id=row["version__assessment__organisation"],
            assessments=row["assessments"],
            candidates=row["candidates"],
        )
        for row in counted.annotate(
            assessments=Count("version__assessment", distinct=True),
            candidates=Count("version__invitations__attempt", distinct=True),
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0002_attempt_left_out"),
        ("questions", "0003_own_questions"),
    ]

    operations = [migrations.RunPython(count_exposure, migrations.RunPython.noop)]
