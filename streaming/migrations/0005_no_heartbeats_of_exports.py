"""Removes the heartbeat of a process that was meant to end, which was shown as down for ever."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("streaming", "0004_feed_closed")]

    operations = [
        migrations.RunSQL("DELETE FROM streaming_heartbeat WHERE name = 'export'", migrations.RunSQL.noop),
    ]
