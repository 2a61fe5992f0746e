"""Pages that limit how often they are used answer 503 while Redis, which counts the requests, does not answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

REDIS_ERRORS = (ConnectionInterrupted, RedisError)
DETAIL = "This page needs Redis, which does not answer."
View = Callable[..., HttpResponse]


def limited_page(view: View) -> View:
    """Protect a page whose requests are counted. No answer is stored: addresses and links in it are secrets."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except REDIS_ERRORS:
            answer = render(request, "unavailable.html", {"detail": DETAIL}, status=503)
            answer["Retry-After"] = "10"
            return answer

    return never_cache(guarded)
