"""The API itself: strict JSON in, problem documents out, and who may call what."""

from __future__ import annotations

from accounts.access import CONTROL, VIEW
from dashboard.api.posting import Conflict
from invoices.documents.idempotency import KeyConflict
from invoices.generation.reset import NotTestFeed
from invoices.generation.runs import AlreadyRunning, BadRun, NotRunning
from invoices.queries import UnknownInvoice
from jobs.operations import UnknownJob
from replays.operations import NotReplaying, TooManyReplays, UnknownReplay
from sources.reading.options import BadOption
from sources.uploads import EmptyUpload, TooLarge
from streaming.feed import UnknownFeed
from web.openapi import DocumentedAPI
from web.permissions import has_csrf_token_before_its_file, requires
from web.responses import add_common_responses, add_responses
from web.strict_json import StrictParser

api = DocumentedAPI(
    title="invoicedash",
    version="1",
    description="The live invoice desk: totals, generation, display and invoices. Money is text with two decimals.",
    parser=StrictParser(),
    urls_namespace="api",
)
add_common_responses(api)

can_view = requires(VIEW)
can_control = requires(CONTROL)
can_import = requires(CONTROL, has_csrf_token=has_csrf_token_before_its_file)

add_responses(
    api,
    {
        AlreadyRunning: 409,
        NotReplaying: 409,
        NotRunning: 409,
        Conflict: 409,
        KeyConflict: 409,
        TooManyReplays: 409,
        BadRun: 422,
        NotTestFeed: 422,
        UnknownFeed: 404,
        UnknownReplay: 404,
        UnknownInvoice: 404,
        UnknownJob: 404,
        BadOption: 422,
        EmptyUpload: 422,
        TooLarge: 413,
    },
)
