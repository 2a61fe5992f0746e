"""The types in the browser code are the types of the API."""

from __future__ import annotations

from tests.repo.api_types import FILE, make_types


def test_the_types_in_the_repository_are_those_of_the_openapi_document() -> None:
    assert FILE.read_text() == make_types(), "the API has other shapes: run `make api-types`"
