"""Slugs and prefixes are made from names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.slugs import LONGEST, LONGEST_PREFIX, PATTERN, RESERVED, make_prefix, make_slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Nordwind", "nordwind"),
        ("Café  Müller & Söhne", "cafe-muller-sohne"),
        ("--Shop 24--", "shop-24"),
        ("\u0645\u062a\u062c\u0631", "store"),
        ("A" * 40, "a" * 30),
        (f"{'a' * 29} b", "a" * 29),
    ],
)
def test_a_slug_has_the_letters_and_digits_of_the_name(name: str, slug: str) -> None:
    assert make_slug(name, lambda slug: False) == slug


def test_a_taken_slug_gets_four_random_characters() -> None:
    slug = make_slug("Nordwind", lambda slug: slug == "nordwind")
    assert re.fullmatch(r"nordwind-[a-z0-9]{4}", slug)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_slug_hides_no_word_of_our_addresses(word: str) -> None:
    assert re.fullmatch(rf"{word}-[a-z0-9]{{4}}", make_slug(word.title(), lambda slug: False))


@given(st.text(max_size=100), st.booleans())
def test_any_name_has_a_slug_and_a_prefix(name: str, is_first_taken: bool) -> None:
    tried: list[str] = []

    def is_taken(slug: str) -> bool:
        tried.append(slug)
        return is_first_taken and len(tried) == 1

    slug = make_slug(name, is_taken)
    assert re.fullmatch(PATTERN, slug)
    assert len(slug) <= LONGEST
    assert re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", make_prefix(slug))
    assert len(make_prefix(slug)) <= LONGEST_PREFIX
