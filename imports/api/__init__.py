"""The API of imports: previews, uploads that start an import, and the documents that an import holds."""

from __future__ import annotations

from ninja import Router

from imports.api import held, previews, uploads
from imports.reading.lines import BadFile
from imports.reading.options import BadOption
from imports.uploads import EmptyUpload, TooLarge, TooManyImports
from jobs.operations import AlreadyEnded, UnknownJob
from quality.held_rows import UnknownRow
from quality.quarantine import NotOpen
from quality.readers import CannotRead

router = Router(tags=["imports"])
for part in (uploads, previews, held):
    router.add_router("", part.router)
RESPONSES: dict[type[Exception], int] = {
    AlreadyEnded: 409,
    UnknownJob: 404,
    BadOption: 422,
    BadFile: 422,
    EmptyUpload: 422,
    TooLarge: 413,
    TooManyImports: 429,
    UnknownRow: 404,
    NotOpen: 409,
    CannotRead: 422,
}
