"""Slugs of stores and accounts, and the prefixes of their series. Pure."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable

LONGEST = 30
SUFFIX_LENGTH = 4
SUFFIX_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
LONGEST_PREFIX = 17
# Words of the addresses below /stores/ and /api/stores/, which a slug must not hide.
RESERVED = frozenset(["connect", "orders", "timeline", "follows", "likes", "posts", "comments", "desk"])
PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"


def make_slug(name: str, is_taken: Callable[[str], bool]) -> str:
    """A free slug for `name`: with four random characters behind it where the plain one is taken or reserved."""
    plain = _letters(name)[:LONGEST].strip("-") or "store"
    slug = plain
    while slug in RESERVED or is_taken(slug):
        suffix = "".join(secrets.choice(SUFFIX_LETTERS) for _ in range(SUFFIX_LENGTH))
        slug = f"{plain[: LONGEST - SUFFIX_LENGTH - 1].strip('-')}-{suffix}"
    return slug


def make_prefix(slug: str) -> str:
    """The prefix of the series of a store that names none."""
    return slug.upper()[:LONGEST_PREFIX].strip("-")


def _letters(name: str) -> str:
    """The ASCII letters and digits of `name` in lower case, joined by dashes. Accents are dropped: Café is cafe."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))
