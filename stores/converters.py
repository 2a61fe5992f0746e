"""The converter of addresses of pages about one store: `/stores/<store:slug>/`."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter

NAME = "store"


class StoreConverter(StringConverter):
    """A slug of a store. `/stores/connect/` is a page of its own, and never a store."""

    regex = r"(?!connect/)[a-z0-9-]{1,35}"


register_converter(StoreConverter, NAME)
