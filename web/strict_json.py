"""Parses JSON bodies by RFC 8259: no NaN, no Infinity. A body that is malformed or nested too deeply becomes a 400."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from web.exact import WrittenNumber

LONGEST_INTEGER = 100


class StrictParser(Parser):
    """Parses a request's body for ninja; numbers with a fraction keep the text they were written as."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(
                request.body, parse_constant=_refuse_constant, parse_int=_read_integer, parse_float=WrittenNumber
            )
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _read_integer(digits: str) -> int | float:
    """Convert an integer. One beyond every limit of the product may be rounded, because Python refuses to read
    thousands of digits.
    """
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a valid JSON number")
