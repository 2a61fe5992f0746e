"""Types of API parameters that name a feed."""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from ninja import Field

from streaming.display import FEEDS, check_feed
from web.schemas import Text

# Replays have feeds of their own, which come and go.
_FEED = {"anyOf": [{"enum": list(FEEDS)}, {"pattern": r"^replay-[1-9][0-9]{0,17}$"}]}
FeedName = Annotated[Text, Field(json_schema_extra=_FEED)]


def chosen_feed(name: str | None) -> str:
    """The feed that a call is about; raises `UnknownFeed`."""
    return check_feed(settings.INVOICEDASH_FEED if name is None else name)
