from django.db import migrations

# The head row stays locked until the commit, so positions are handed out in commit order.
ANNOUNCE = """
CREATE FUNCTION streaming_announce(feed text, source bigint, ordinal bigint, rows bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
BEGIN
    UPDATE streaming_feed SET position = position + rows WHERE name = feed RETURNING position INTO head;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO streaming_entry (feed_id, first_position, count, source_id, first_ordinal, announced_at)
    VALUES (feed, head - rows + 1, rows, source, ordinal, clock_timestamp());
    RETURN head - rows + 1;
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [("streaming", "0002_heartbeat_counters")]

    operations = [
        migrations.RunSQL(ANNOUNCE, "DROP FUNCTION streaming_announce(text, bigint, bigint, bigint)"),
    ]
