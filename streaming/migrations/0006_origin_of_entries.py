"""Names the column for what it holds: the series or other origin of the rows, not where a document came from."""

from django.db import migrations

ANNOUNCE = """
DROP FUNCTION streaming_announce(text, bigint, bigint, bigint);
CREATE FUNCTION streaming_announce(feed text, {origin} bigint, ordinal bigint, rows bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
BEGIN
    UPDATE streaming_feed SET position = position + rows WHERE name = feed RETURNING position INTO head;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO streaming_entry (feed_id, first_position, count, {origin}_id, first_ordinal, announced_at)
    VALUES (feed, head - rows + 1, rows, {origin}, ordinal, clock_timestamp());
    RETURN head - rows + 1;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("streaming", "0005_no_heartbeats_of_exports")]

    operations = [
        migrations.RenameField("entry", "source_id", "origin_id"),
        migrations.RunSQL(ANNOUNCE.format(origin="origin"), ANNOUNCE.format(origin="source")),
    ]
