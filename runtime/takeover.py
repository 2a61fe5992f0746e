"""A migration operation that moves a table with its rows from a removed app to the app that now has the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel

_HAS_TABLE = "SELECT to_regclass(%s) IS NOT NULL"
# PostgreSQL names the primary key, the NOT NULL constraints and the sequence of the ids after the table. A renamed table
# keeps those names, so they are renamed here: the result must not differ from a table made by `CreateModel`.
_RENAME = """
DO $$
DECLARE
    named record;
BEGIN
    FOR named IN SELECT conname AS name FROM pg_constraint
        WHERE conrelid = '{old}'::regclass AND starts_with(conname, '{old}_')
    LOOP
        EXECUTE format('ALTER TABLE {old} RENAME CONSTRAINT %I TO %I',
            named.name, '{new}' || substr(named.name, length('{old}') + 1));
    END LOOP;
END
$$;
ALTER SEQUENCE {old}_id_seq RENAME TO {new}_id_seq;
ALTER TABLE {old} RENAME TO {new};
UPDATE django_content_type SET app_label = '{app}' WHERE app_label = '{old_app}' AND model = '{model}';
"""


class TakeTable(CreateModel):
    """`CreateModel` for a new database. In a database with the table of `former_app`, the operation renames that table.

    The content type is renamed too, so permissions and the admin's log stay with the model. `changes` are SQL statements
    that then change the old table to what the model describes.
    """

    def __init__(self, *args: Any, former_app: str, changes: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.former_app = former_app
        self.changes = changes

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self.name.lower()
        names = {
            "app": app_label,
            "old_app": self.former_app,
            "model": model,
            "old": f"{self.former_app}_{model}",
            "new": f"{app_label}_{model}",
        }
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_HAS_TABLE, [names["old"]])
            (has_table,) = cursor.fetchone()
        if not has_table:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        for statement in (_RENAME.format(**names), *self.changes):
            schema_editor.execute(statement, None)
