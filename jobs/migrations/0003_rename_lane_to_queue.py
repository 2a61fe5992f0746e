from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_cancel_and_turns")]

    operations = [
        migrations.RemoveConstraint("job", "job_lane_is_known"),
        migrations.RemoveIndex("job", "job_open"),
        migrations.RenameField("job", "lane", "queue"),
        migrations.AlterField(
            "job",
            "queue",
            models.CharField(
                choices=[("quick", "quick (a user waits)"), ("long", "long (minutes)")], default="long", max_length=5
            ),
        ),
        migrations.AddConstraint(
            "job",
            models.CheckConstraint(condition=models.Q(queue__in=["quick", "long"]), name="job_queue_is_known"),
        ),
        migrations.AddIndex(
            "job",
            models.Index(
                fields=["queue", "queued_at", "id"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_open",
            ),
        ),
    ]
