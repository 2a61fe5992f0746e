"""The API: composes the routers of all sections and the problem responses for their exceptions."""

from __future__ import annotations

from importlib import import_module

from dashboard.api import control, stats, system
from dashboard.sections import SECTIONS
from streaming.feed import ControlRefused, UnknownFeed
from web.openapi import DocumentedAPI, cached_document
from web.responses import add_common_responses, add_responses
from web.strict_json import StrictParser

api = DocumentedAPI(
    title="invoicedash",
    version="1",
    description="The live invoice desk: totals, generation, display and invoices. Money is text with two decimals.",
    parser=StrictParser(),
    urls_namespace="api",
    docs_decorator=cached_document,
)
add_common_responses(api)
add_responses(api, {UnknownFeed: 404, ControlRefused: 422})
for own in (control, stats, system):
    api.add_router("", own.router)
for section in SECTIONS:
    if section.api:
        module = import_module(section.api)
        api.add_router("", module.router)
        add_responses(api, getattr(module, "RESPONSES", {}))
