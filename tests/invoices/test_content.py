"""What generated invoices say: a function of seed and ordinal alone."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoices import money
from invoices.generation import companies, content
from tests.invoices.samples import NOON, VAT_RATE

TERMS = content.Terms(seed=7, started_at=NOON, rate_per_second=Decimal(5), currency="SAR", vat_rate=VAT_RATE)
COUNT = 300


@given(st.lists(st.integers(1, COUNT), max_size=20), st.integers(-(2**63), 2**63 - 1))
@settings(max_examples=30)
def test_the_same_seed_makes_the_same_invoices_however_ticks_divide_them(cuts: list[int], seed: int) -> None:
    terms = replace(TERMS, seed=seed)
    edges = [1, *sorted(cuts), COUNT + 1]
    parts = [content.drafts(terms, first=first, count=last - first) for first, last in pairwise(edges)]
    assert [draft for part in parts for draft in part] == content.drafts(terms, first=1, count=COUNT)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
@settings(max_examples=30)
def test_another_seed_makes_other_invoices(one: int, other: int) -> None:
    made = [content.drafts(replace(TERMS, seed=seed), first=1, count=20) for seed in (one, other)]
    assert (made[0] == made[1]) == (one == other)


def test_invoices_of_a_run_differ_from_each_other() -> None:
    made = content.drafts(TERMS, first=1, count=1500)
    assert len({(draft.seller_name, draft.buyer_name, draft.subtotal) for draft in made}) == 1500


@given(st.integers(-(2**63), 2**63 - 1), st.integers(1, 10_000_000))
@settings(max_examples=30)
def test_every_amount_is_positive_in_whole_cents_and_fits_with_its_vat(seed: int, first: int) -> None:
    for draft in content.drafts(replace(TERMS, seed=seed), first=first, count=20):
        assert draft.subtotal > 0
        assert draft.subtotal.as_tuple().exponent == -2
        assert draft.subtotal + money.vat_of(draft.subtotal, VAT_RATE) < money.LIMIT


@pytest.mark.parametrize("share", [2.0**-34, 0.5, 1 - 2.0**-34])
def test_the_smallest_and_the_largest_amount_there_can_be_are_amounts(share: float) -> None:
    assert Decimal("0.01") <= content._amount(share) <= Decimal("250000.00")


def test_amounts_spread_as_the_baskets_of_a_shop_do() -> None:
    amounts = [float(draft.subtotal) for draft in content.drafts(TERMS, first=1, count=5000)]
    assert 165 < statistics.median(amounts) < 196
    assert 1.2 < statistics.mean(amounts) / statistics.median(amounts) < 2.6
    assert min(amounts) < 10
    assert max(amounts) > 2000


def test_invoices_lie_one_period_apart_from_one_period_after_the_start() -> None:
    made = content.drafts(TERMS, first=1, count=4)
    assert [draft.invoice_date - NOON for draft in made] == [timedelta(seconds=n / 5) for n in (1, 2, 3, 4)]


def test_no_company_is_seller_and_buyer() -> None:
    sellers, buyers = companies.pools()
    assert len(set(sellers)) == companies.SELLER_COUNT
    assert len(set(buyers)) == companies.BUYER_COUNT
    assert not {name.casefold() for name in sellers} & {name.casefold() for name in buyers}


def test_every_company_has_a_name_that_fits() -> None:
    sellers, buyers = companies.pools()
    assert all(0 < len(name) <= 255 and name == name.strip() for name in sellers + buyers)


def test_the_pools_are_drawn_from_evenly() -> None:
    made = content.drafts(TERMS, first=1, count=6000)
    sellers, buyers = companies.pools()
    assert {draft.seller_name for draft in made} == set(sellers)
    assert len({draft.buyer_name for draft in made}) > len(buyers) * 0.8


def test_the_pool_is_the_same_in_every_process() -> None:
    assert tuple(companies.fill()) == sum(companies.pools(), ())
