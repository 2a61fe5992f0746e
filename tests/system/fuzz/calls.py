"""HTTP requests made from a seed: over every call of the OpenAPI document, every page and the admin."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.system.fuzz import values

PAGES = (
    "/",
    "/wall/",
    "/system/",
    "/login/",
    "/logout/",
    "/admin/",
    "/admin/login/",
    "/healthz",
    "/readyz",
    "/metrics",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND", "A" * 50)
TYPES = (
    *(
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "text/csv",
        "text/plain",
    ),
    *("multipart/form-data; boundary=b", "multipart/form-data", "application/octet-stream", "", "a/b; q=\xff", "/"),
)
HEADERS = (
    *("Authorization", "Cookie", "Origin", "Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "Range"),
    *(
        "If-Modified-Since",
        "X-CSRFToken",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "Referer",
        "Sec-Fetch-Site",
        "Expect-No",
    ),
)
KNOWN_VALUES = (
    "Bearer x",
    "Bearer idash_" + "a" * 43,
    "Basic YTpi",
    "sessionid=a; csrftoken=b",
    "null",
    "bytes=0-",
    "gzip",
    "*/*",
)
ADMIN_QUERIES = ("q", "o", "p", "e", "all", "_popup", "_to_field", "id__exact", "created_at__gte", "kind", "currency")
ADMIN_FIELDS = (
    *("action", "_selected_action", "select_across", "index", "post", "mode", "rate_per_second", "name", "user"),
    *("_save", "_continue", "_saveasnew", "form-0-id", "form-TOTAL_FORMS", "_popup", "_to_field"),
)
LOGIN_TOKEN = "a" * 32
# Runs of the fuzzed product stay small, or its database would be all that is measured.
MOST_PER_SECOND, MOST_SECONDS = 5, 3


@dataclass(frozen=True)
class Call:
    """One request as bytes; `is_plain` when a client library would have sent it, so that the answer must be ours."""

    method: str
    target: str
    data: bytes
    is_plain: bool


class Calls:
    """The requests of one seed against one product, whose OpenAPI document says what there is to call."""

    def __init__(
        self, seed: int, document: Mapping[str, Any], host: str, admin_paths: tuple[str, ...], cookie: str
    ) -> None:
        self._seed, self._host, self._admin, self._cookie = seed, host, admin_paths, cookie
        self._document = document
        self._operations = [
            (method.upper(), path, operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
            if not path.endswith("/kill")
        ]

    def make(self, number: int) -> Call:
        """Request `number` of this seed."""
        rng = random.Random(f"{self._seed} {number}")
        kind = rng.random()
        if kind < 0.68:
            return self._api_call(rng)
        if kind < 0.685:
            return self._form(rng, "/login/", ("username", "password", "next"), f"csrftoken={LOGIN_TOKEN}")
        if kind < 0.83:
            return self._request(
                rng, rng.choice(("GET", "HEAD", "POST")), rng.choice(PAGES), _query(rng, ("feed", "privacy", "next"))
            )
        if kind < 0.95:
            return self._admin_call(rng)
        return self._request(rng, rng.choice(METHODS), "/" + quote(values.text(rng)[:500], safe="/%"), b"")

    def _api_call(self, rng: random.Random) -> Call:
        method, path, operation = rng.choice(self._operations)
        parameters = operation.get("parameters", [])
        for parameter in parameters:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(values.text(rng)[:1000], safe="") or "x")
        names = tuple(parameter["name"] for parameter in parameters if parameter["in"] == "query")
        if rng.random() < 0.05:
            method = rng.choice(METHODS)
        return self._request(rng, method, path, _query(rng, names), self._fields(operation))

    def _admin_call(self, rng: random.Random) -> Call:
        """A call as a user who is logged in there."""
        path = rng.choice(self._admin)
        if rng.random() < 0.15 and "/auth/" not in path:
            return self._form(rng, path, ADMIN_FIELDS, self._cookie)
        if rng.random() < 0.3:
            path += quote(values.text(rng)[:60], safe="") + rng.choice(("/change/", "/history/", "/delete/", "/"))
        return self._request(rng, "GET", path, _query(rng, ADMIN_QUERIES), cookie=self._cookie)

    def _form(self, rng: random.Random, path: str, names: tuple[str, ...], cookie: str) -> Call:
        """A form of one of our pages, with the token of its cookie."""
        token = cookie.partition("csrftoken=")[2].partition(";")[0]
        body = b"csrfmiddlewaretoken=" + token.encode() + b"&" + _query(rng, names)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nOrigin: http://{self._host}\r\nCookie: {cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return Call("POST", path, head.encode() + body, True)

    def _fields(self, operation: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the fields its body may have."""
        return tuple(dict.fromkeys(_properties(operation.get("requestBody", {}), self._document, 0)))

    def _request(
        self, rng: random.Random, method: str, path: str, query: bytes, names: tuple[str, ...] = (), cookie: str = ""
    ) -> Call:
        target = path.encode("ascii") + (b"?" + query if query else b"")
        body = b"" if method in ("GET", "HEAD") and rng.random() < 0.9 else _bounded(path, values.json_text(rng, names))
        headers = [("Host", self._host), ("Content-Length", str(len(body)))] + ([("Cookie", cookie)] if cookie else [])
        content_type = "application/json" if rng.random() < 0.8 else rng.choice(TYPES)
        headers += [("Content-Type", content_type)] if content_type else []
        strange = rng.random() < 0.2
        headers += _strange_headers(rng, bool(cookie)) if strange else []
        lines = [method.encode() + b" " + target + b" HTTP/1.1"]
        lines += [f"{name}: {value}".encode("latin1", "replace") for name, value in headers]
        # The server itself refuses a broken multipart body and a strange address, in its own words.
        is_plain = method in METHODS[:7] and not strange and len(target) < 4000 and "multipart" not in content_type
        return Call(method, target.decode("latin1"), b"\r\n".join(lines) + b"\r\n\r\n" + body, is_plain)


def _query(rng: random.Random, names: tuple[str, ...]) -> bytes:
    """Parameters that are known, with any value; most often well escaped."""
    parts = []
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        name = rng.choice(names) if names and rng.random() < 0.9 else values.text(rng)[:50]
        value = values.text(rng)[:6000]
        parts.append(f"{quote(name, safe='')}={quote(value, safe='')}")
    query = "&".join(parts).encode()
    return query + rng.choice(
        (b"", b"", b"", b"", b"&", b"&feed=%ff%fe", b"&limit=%", b"&q=%C0%80", b"&&==&", b"&q=%ED%A0%80")
    )


def _strange_headers(rng: random.Random, is_signed_in: bool) -> list[tuple[str, str]]:
    """Headers of any content, without line breaks: those would make other requests, whose answers are not read."""
    names = [name for name in HEADERS if not (is_signed_in and name == "Cookie")]
    value = rng.choice(
        (rng.choice(KNOWN_VALUES), values.text(rng)[:7000].replace("\n", "").replace("\r", "").replace("\0", ""))
    )
    return [(rng.choice(names), value)]


def _properties(part: Any, document: Mapping[str, Any], depth: int) -> list[str]:
    """Every name below `properties` in `part`, through references."""
    if depth > 6:
        return []
    if isinstance(part, list):
        return [name for each in part for name in _properties(each, document, depth + 1)]
    if not isinstance(part, dict):
        return []
    found = list(part.get("properties", {}))
    if reference := part.get("$ref"):
        found += _properties(document["components"]["schemas"][reference.rsplit("/", 1)[-1]], document, depth + 1)
    for each in part.values():
        found += _properties(each, document, depth + 1)
    return found


def _bounded(path: str, body: bytes) -> bytes:
    """`body`, with the size of a run that it would start made small."""
    if not path.startswith("/api/control/start"):
        return body
    try:
        asked = json.loads(body) if len(body) < 10_000 else None
    except (ValueError, RecursionError):
        return body
    if not body or isinstance(asked, dict):
        asked = asked or {}
        for name, most in (("rate_per_second", MOST_PER_SECOND), ("duration_seconds", MOST_SECONDS)):
            if name not in asked or (
                isinstance(asked[name], int | float) and asked[name] > most and asked[name] <= 100_000
            ):
                asked[name] = most
        return json.dumps(asked).encode("utf-8", "surrogatepass")
    return body
