"""Types of API parameters that name a feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from django.conf import settings
from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from streaming.display import check_feed
from streaming.kinds import FeedKind, names_schema
from web.schemas import Text


@dataclass(frozen=True)
class FeedNames:
    """Adds to the OpenAPI schema of a text that the text names a feed, of a kind for which `accepts` is true.

    The schema is made at the first request for the document, when all kinds of feeds are registered.
    """

    accepts: Callable[[FeedKind], object]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | names_schema(self.accepts)


def _any_kind(kind: FeedKind) -> bool:
    return True


def _owns_rows(kind: FeedKind) -> bool:
    return kind.owns_rows


FeedName = Annotated[Text, FeedNames(_any_kind)]
# Kinds whose feeds can be started and stopped by START and STOP.
FeedToStart = Annotated[Text, FeedNames(lambda kind: kind.start)]
FeedToStop = Annotated[Text, FeedNames(lambda kind: kind.stop)]
# Kinds whose feeds have invoices of their own; a replay shows those of another feed.
FeedWithRows = Annotated[Text, FeedNames(_owns_rows)]
KeyOfFeedWithRows = Annotated[str, FeedNames(_owns_rows)]


def chosen_feed(name: str | None) -> str:
    """The name of the feed of a call: `name`, or the default feed when it is None. Raises `UnknownFeed`."""
    return check_feed(settings.INVOICEDASH_FEED if name is None else name)
