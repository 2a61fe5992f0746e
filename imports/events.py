"""The event of topic `import.finished`. Its fields are described in docs/events/import.finished.json."""

from __future__ import annotations

from events.log import append
from imports.models import SourceFile

TOPIC = "import.finished"


def append_import_finished(file: SourceFile) -> None:
    """Append it in the transaction that deals with the last document of the file."""
    names = ("name", "series", "sha256", "record_count", "document_count", "counts", "created_by")
    payload = {"file_id": file.pk, **{name: getattr(file, name) for name in names}, "seconds": round(file.seconds, 3)}
    append(TOPIC, str(file.pk), "finished", payload)
