from django.db import migrations, models


def mark_shipped(apps, schema_editor):
    """Until now every version came from the shipped bank."""
    apps.get_model("questions", "QuestionVersion").objects.update(shipped=True)


class Migration(migrations.Migration):
    dependencies = [("questions", "0001_initial")]

    operations = [
        migrations.AddField(
            "question",
            "roles",
            models.JSONField(blank=True, default=list, help_text="Whom it suits; none means all."),
        ),
        migrations.AddField("question", "tags", models.JSONField(blank=True, default=list)),
        migrations.AddField("question", "related", models.JSONField(blank=True, default=list)),
        migrations.AddField(
            "question", "bank_digest", models.CharField(blank=True, editable=False, max_length=64)
        ),
        migrations.AddField(
            "questionversion", "shipped", models.BooleanField(default=False, editable=False)
        ),
        migrations.RunPython(mark_shipped, migrations.RunPython.noop),
    ]
