from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        migrations.AddField(
            "attempt", "left_out", models.JSONField(blank=True, default=list, editable=False)
        ),
    ]
