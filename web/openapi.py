"""The OpenAPI document of the API: short operation names, errors as problem documents, and authentication."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from copy import deepcopy
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse
from django.utils.cache import get_conditional_response
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.params.models import TModel
from pydantic.json_schema import JsonSchemaMode

from runtime.problems import MEDIA_TYPE

HTTP_AUTHENTICATION = "http"
BEARER = {"type": HTTP_AUTHENTICATION, "scheme": "bearer", "description": "a token created in the admin"}
FILE = dict(type="string", format="binary")  # noqa: C408 - a frame of the WebSocket is written the other way
SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": "sessionid",
    "description": "the session cookie that the pages use, set by /login/",
}


class SharingSchema(OpenAPISchema):
    """Describes each model once: most calls share the models of their errors."""

    def __init__(self, api: NinjaAPI, path_prefix: str) -> None:
        self._described: dict[tuple[Any, ...], tuple[dict[str, Any], bool]] = {}
        super().__init__(api, path_prefix)

    def _create_schema_from_model(
        self, model: TModel, by_alias: bool = True, remove_level: bool = True, mode: JsonSchemaMode = "validation"
    ) -> tuple[dict[str, Any], bool]:
        key = (model, by_alias, remove_level, mode)
        if key not in self._described:
            self._described[key] = super()._create_schema_from_model(*key)
        return deepcopy(self._described[key])


class DocumentedAPI(NinjaAPI):
    """Ninja's API with a complete OpenAPI document."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        document = SharingSchema(self, prefix)
        document["components"]["securitySchemes"] = {"bearer": BEARER, "session": SESSION}
        # With INVOICEDASH_OPEN=1 no credentials are required: every request meets the empty requirement.
        document["security"] = [*([{}] if settings.INVOICEDASH_OPEN else []), {"bearer": []}, {"session": []}]
        for path in document["paths"].values():
            for operation in path.values():
                _mark_problems(operation["responses"])
        return document


def cached_document(view: Any) -> Any:
    """Wrap a `view` whose answer depends only on the process and `INVOICEDASH_OPEN`: it is built at the first request.

    Building the document takes half a second of CPU time. A client that has the document is answered 304 by its ETag.
    """
    made: dict[bool, HttpResponse] = {}
    lock = Lock()

    def answer(request: HttpRequest, **options: Any) -> HttpResponse | None:
        with lock:
            if (kept := made.get(settings.INVOICEDASH_OPEN)) is None:
                kept = made[settings.INVOICEDASH_OPEN] = view(request, **options)
        response = HttpResponse(kept.content, content_type=kept["Content-Type"])
        response["ETag"] = f'"{hashlib.sha256(kept.content).hexdigest()[:32]}"'
        response["Cache-Control"] = "public, no-cache"
        return get_conditional_response(request, etag=response["ETag"], response=response)

    return answer


def build_document() -> None:
    """Build the OpenAPI document now: on a busy machine it takes longer than an answer may.

    Call it in the main thread before other threads start: memory that this thread frees is used again, while a thread
    of its own would keep 8 MB.
    """
    request = HttpRequest()
    request.method = "GET"
    resolve(reverse("api:openapi-json")).func(request)


def answers(media_types: Iterable[str]) -> dict[str, Any]:
    """The `openapi_extra` of a call that answers with a file."""
    content = {kind.partition(";")[0]: {"schema": FILE} for kind in media_types}
    return {"responses": {200: {"description": "OK", "content": content}}}


def _mark_problems(responses: dict[Any, dict[str, Any]]) -> None:
    for status, response in responses.items():
        if int(status) >= 400:
            [content] = response["content"].values()
            response["content"] = {MEDIA_TYPE: content}
