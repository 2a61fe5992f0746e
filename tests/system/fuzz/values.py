"""Values that often break parsers: too long, too deep, not a number, not text, almost right."""

from __future__ import annotations

import json
import random
from typing import Any

DEPTH = 100_000
HUGE = "9" * 5000

TEXTS = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "a\nb",
        "\r\n",
        "\t",
        "'",
        '"',
        "\\",
        "%",
        "_",
        "%00",
        "%zz",
        "..",
        "../../etc/passwd",
        "/",
    ),
    *(
        "' OR 1=1--",
        "{{7*7}}",
        "${7*7}",
        "<script>alert(1)</script>",
        "=1+1",
        "\u202e",
        "\ufeff",
        "\u0131",
        "\ufb00",
        "e\u0301",
    ),
    *(
        "😀",
        "\u0663",
        "\uff11\uff12",
        "ÿ" * 50,
        "a" * 200,
        "a" * 201,
        "a" * 3000,
        "null",
        "None",
        "true",
        "undefined",
        "[]",
        "{}",
    ),
    *("NaN", "nan", "Infinity", "-Infinity", "1e400", "-0", "0", "1", "-1", "20", "200", "201", "1.5", "1_000", "+5"),
    *(
        "0x10",
        "5.0",
        " 5 ",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "9" * 25,
        HUGE,
        "1" + "0" * 400,
    ),
    *("demo", "live", "Demo", "SAR", "sar", "EUR", "JPY", "every", "latest", "2026-11-27", "2026-13-45", "0000-00-00"),
    *("9999-12-31T23:59:60Z", "2026-01-01T00:00:00+99:99", "-number", "total", "number", "date", "-date", "eyJhIjoxfQ"),
)
NUMBERS = (0, 1, -1, 2, 5, 0.1, 0.05, 1.0, 1.5, -0.0, 1e308, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**100)
# As they stand in the body: what Python would not write.
RAW = (
    *("NaN", "-Infinity", "1e400", "-1e400", HUGE, f"-{HUGE}", f"0.{HUGE}", f"1e-{'9' * 20}", "01", "1.", ".5", "+1"),
    *('"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\uFFFF"', "'a'", '"\x01"', "tru", "", "//", "\ufeff{}"),
)
DEEP = (
    "[" * DEPTH,
    "[" * DEPTH + "]" * DEPTH,
    '{"a":' * 40_000,
    '{"a":' * 40_000 + "1" + "}" * 40_000,
)


def text(rng: random.Random) -> str:
    """A text, most often one that has caused a bug somewhere."""
    if rng.random() < 0.8:
        return rng.choice(TEXTS)
    return "".join(
        chr(rng.choice((rng.randrange(128), rng.randrange(0xD800), rng.randrange(0xE000, 0x110000))))
        for _ in range(rng.randrange(40))
    )


def scalar(rng: random.Random) -> Any:
    """Something that JSON writes without a bracket."""
    return rng.choice((text(rng), rng.choice(NUMBERS), True, False, None))


def tree(rng: random.Random, names: tuple[str, ...], depth: int = 0) -> Any:
    """A random object or list; `names` are keys that the API uses."""
    kind = rng.random()
    if depth > 3 or kind < 0.4:
        return scalar(rng)
    if kind < 0.6:
        return [tree(rng, names, depth + 1) for _ in range(rng.randrange(4))]
    return {_key(rng, names): tree(rng, names, depth + 1) for _ in range(rng.randrange(5))}


def json_text(rng: random.Random, names: tuple[str, ...]) -> bytes:
    """A body for a parser of JSON: right, nearly right, or nothing like it."""
    kind = rng.random()
    if kind < 0.01:
        return rng.choice(DEEP).encode()
    if kind < 0.15:
        return rng.choice(RAW).encode("utf-8", "surrogatepass")
    if kind < 0.3:
        inside = ",".join(f"{json.dumps(_key(rng, names))}:{rng.choice(RAW)}" for _ in range(rng.randrange(1, 4)))
        return f"{{{inside}}}".encode("utf-8", "surrogatepass")
    body = {_key(rng, names): scalar(rng) for _ in range(rng.randrange(4))} if kind < 0.7 else tree(rng, names)
    written = json.dumps(body, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return damage(rng, written) if rng.random() < 0.2 else written


def damage(rng: random.Random, data: bytes) -> bytes:
    """`data` with a byte changed, cut off or put in."""
    if not data:
        return bytes([rng.randrange(256)])
    at = rng.randrange(len(data))
    return rng.choice(
        (data[:at], data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :], data[:at] + b"\xff" + data[at:])
    )


def _key(rng: random.Random, names: tuple[str, ...]) -> str:
    return rng.choice(names) if names and rng.random() < 0.85 else text(rng)
