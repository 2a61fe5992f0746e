"""Requests to shops over HTTP: to checked addresses, without redirects, with limits of size and time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from integrations.outgoing import CheckedTransport, ForbiddenAddress, HostUnknown
from integrations.syncing.errors import AddressRefused, BadCertificate, ShopBusy, ShopError
from runtime.lean_httpx import httpx

TIMEOUT_SECONDS = 10.0
# For a whole answer that comes in small pieces.
ANSWER_SECONDS = 30.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024
LONGEST_RETRY_SECONDS = 3600.0
# Shopify writes "2.0".
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_ERROR_NUMBER = re.compile(r"\[Errno -?\d+\] ")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a shop answered. Header names are in any case."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def retry_seconds(self) -> float:
        """The seconds of `Retry-After`; 0 without one."""
        value = str(self.headers.get("retry-after", ""))
        return min(float(value), LONGEST_RETRY_SECONDS) if _SECONDS.fullmatch(value) else 0.0


class Asker:
    """Sends requests to the shop at `url`. A redirect is not followed, because it would carry the keys elsewhere."""

    def __init__(self, url: str, *, agent: str) -> None:
        self._url = url
        self._client = httpx.Client(
            transport=CheckedTransport(), timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False,
            headers={"user-agent": agent, "accept": "application/json"},
        )  # fmt: skip

    def close(self) -> None:
        self._client.close()

    def ask(self, method: str, url: str, **more: Any) -> Answer:
        """The whole answer. Raises `AddressRefused`, `BadCertificate` or `ShopBusy`."""
        with self.stream(method, url, **more) as answer:
            return Answer(answer.status_code, answer.headers, _read(answer))

    @contextmanager
    def stream(self, method: str, url: str, **more: Any) -> Iterator[httpx.Response]:
        """The answer, whose body is read within; errors as `ask` raises them."""
        try:
            with self._client.stream(method, url, **more) as answer:
                yield answer
        except ForbiddenAddress as error:
            raise AddressRefused(f"{error} Shops on private networks need INTAKE_ALLOW_PRIVATE=1.") from error
        except (httpx.HTTPError, httpx.InvalidURL, HostUnknown) as error:
            raise _unreachable(self._url, error) from error


def _read(answer: httpx.Response) -> bytes:
    parts, size, until = [], 0, time.monotonic() + ANSWER_SECONDS
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > MOST_ANSWER_BYTES or time.monotonic() > until:
            raise ShopBusy("The answer of the shop is too large or too slow.")
    return b"".join(parts)


def _unreachable(url: str, error: Exception) -> ShopError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return BadCertificate(f"The certificate of {url} is not valid: renew it in the shop.")
    return ShopBusy(f"The shop at {url} cannot be reached: {_reason(error)}.")


def _reason(error: Exception) -> str:
    text = _ERROR_NUMBER.sub("", str(error))
    if isinstance(error, httpx.TimeoutException):
        return f"it did not answer within {TIMEOUT_SECONDS:.0f} s"
    return " ".join(text.split())[:200] or type(error).__name__
