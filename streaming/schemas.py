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
    """Describes a text as the name of a feed of an accepted kind, once all kinds are registered."""

    are_wanted: Callable[[FeedKind], object]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | names_schema(self.are_wanted)


def _owns_rows(kind: FeedKind) -> bool:
    return kind.owns_rows


FeedName = Annotated[Text, FeedNames(bool)]
FeedToStart = Annotated[Text, FeedNames(lambda kind: kind.start)]
FeedToStop = Annotated[Text, FeedNames(lambda kind: kind.stop)]
FeedWithRows = Annotated[Text, FeedNames(_owns_rows)]
KeyOfFeedWithRows = Annotated[str, FeedNames(_owns_rows)]


def chosen_feed(name: str | None) -> str:
    """The feed that a call names; raises `UnknownFeed`."""
    return check_feed(settings.INVOICEDASH_FEED if name is None else name)
