"""The readings of a shop become rows of `syncing`, which all platforms share. The tables are renamed, no row moves."""

from django.db import migrations

RENAME = """
ALTER TABLE woocommerce_syncstate RENAME TO syncing_syncstate;
ALTER TABLE syncing_syncstate RENAME CONSTRAINT woocommerce_status TO sync_status;
ALTER TABLE woocommerce_syncrun RENAME TO syncing_syncrun;
ALTER INDEX woocommerce_run_newest RENAME TO sync_run_newest;
"""
RENAME_BACK = """
ALTER TABLE syncing_syncstate RENAME CONSTRAINT sync_status TO woocommerce_status;
ALTER TABLE syncing_syncstate RENAME TO woocommerce_syncstate;
ALTER INDEX sync_run_newest RENAME TO woocommerce_run_newest;
ALTER TABLE syncing_syncrun RENAME TO woocommerce_syncrun;
"""


class Migration(migrations.Migration):
    dependencies = [("woocommerce", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(RENAME, RENAME_BACK)],
            state_operations=[migrations.DeleteModel("SyncState"), migrations.DeleteModel("SyncRun")],
        )
    ]
