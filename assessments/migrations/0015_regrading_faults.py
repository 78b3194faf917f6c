from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0014_members"),
    ]

    operations = [
        migrations.AddField(
            model_name="regradedsubmission",
            name="faults",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
