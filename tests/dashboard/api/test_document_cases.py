"""Documents that shops really have, each with what must come of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.dashboard.api.caller import Caller

pytestmark = pytest.mark.django_db
SELLER = {"name": "Nordwind Demo GmbH", "country": "DE", "vat_id": "DE123456789"}
BUYER = {"name": "Jo Sample", "country": "DE"}


def sale(*lines: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """A sale of lines (quantity, unit price, VAT rate)."""
    items = [
        {"description": "Tea", "quantity": quantity, "unit_price": price, "vat_rate": rate}
        for quantity, price, rate in lines
    ]
    return {"currency": "EUR", "seller": SELLER, "buyer": BUYER, "lines": items} | more


def posted(api: Caller, body: dict[str, Any]) -> Any:
    found = api.post("/invoices", body)
    assert api.status == 201, found
    assert api.get(f"/invoices/{found['invoice_number']}") == found
    return found


def refused(api: Caller, body: dict[str, Any]) -> dict[str, str]:
    """The only error of a document that is not issued."""
    found = api.post("/invoices", body)
    assert api.status == 422, found
    [error] = found["errors"]
    return dict(error)


def groups(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(each["rate"], each["category"], each["net"], each["vat"]) for each in found["vat_groups"]]


class TestGrossPrices:
    @pytest.mark.parametrize(
        ("price", "rate", "total", "net", "vat"),
        [
            ("8.394958", "0.19", "9.99", "8.39", "1.60"),
            ("12.605042", "0.19", "15.00", "12.61", "2.39"),
            ("66", "0.2", "79.20", "66.00", "13.20"),
            ("3.325", "0.2", "3.99", "3.33", "0.66"),
        ],
    )
    def test_a_total_is_reached_by_vat_within_its_bound(
        self,
        api: Caller,
        price: str,
        rate: str,
        total: str,
        net: str,
        vat: str,
    ) -> None:
        found = posted(api, sale(("1", price, rate), total_amount=total))
        assert (found["subtotal"], found["vat_amount"], found["total_amount"]) == (net, vat, total)

    def test_a_total_beyond_the_bound_is_refused_with_ours(self, api: Caller) -> None:
        error = refused(api, sale(("1", "8.394958", "0.19"), total_amount="10.01"))
        assert (error["field"], "9.98" in error["message"]) == ("total_amount", True)

    @pytest.mark.parametrize(
        ("prices", "expected"),
        [
            ([("9.99", "0.19")], [("0.19", "S", "8.39", "1.60")]),
            ([("15.00", "0.19")], [("0.19", "S", "12.61", "2.39")]),
            ([("79.20", "0.19")], [("0.19", "S", "66.55", "12.65")]),
            ([("3.92", "0.13"), ("0.08", "0.24")], [("0.13", "S", "3.47", "0.45"), ("0.24", "S", "0.06", "0.02")]),
            ([("100.00", "0.08875")], [("0.08875", "S", "91.85", "8.15")]),
        ],
    )
    def test_gross_prices_are_what_the_customer_pays(
        self,
        api: Caller,
        prices: list[tuple[str, str]],
        expected: list[tuple[str, str, str, str]],
    ) -> None:
        found = posted(api, sale(*[("1", *each) for each in prices], prices_include_vat=True))
        assert groups(found) == expected
        assert Decimal(found["total_amount"]) == sum(Decimal(price) for price, _ in prices)

    def test_many_at_a_gross_price_have_one_price_or_become_one_piece(self, api: Caller) -> None:
        found = posted(api, sale(("3", "9.99", "0.19"), ("700", "0.33", "0.19"), prices_include_vat=True))
        assert found["total_amount"] == "260.97"
        for line in found["lines"]:
            assert Decimal(line["net"]) == round(Decimal(line["quantity"]) * Decimal(line["unit_price"]), 2)

    def test_allowances_and_charges_are_gross_too(self, api: Caller) -> None:
        body = sale(("2", "49.95", "0.19"), prices_include_vat=True)
        body["lines"][0]["allowances"] = [{"amount": "9.99", "reason": "Sale"}]
        body["charges"] = [{"amount": "4.90", "vat_rate": "0.19", "reason": "Shipping"}]
        body["allowances"] = [{"amount": "5.00", "vat_rate": "0.19", "reason": "Voucher"}]
        found = posted(api, body)
        assert (found["total_amount"], groups(found)) == ("89.81", [("0.19", "S", "75.47", "14.34")])

    def test_vat_as_given_is_kept_within_the_bound(self, api: Caller) -> None:
        given = [{"rate": "0.19", "category": "S", "amount": "0.52"}]
        lines = [("1", "0.28", "0.19")] * 3 + [("7", "0.277143", "0.19")]
        found = posted(api, sale(*lines, vat=given, total_amount="3.30"))
        assert groups(found) == [("0.19", "S", "2.78", "0.52")]

    def test_vat_beyond_the_bound_is_refused_and_the_group_named(self, api: Caller) -> None:
        error = refused(api, sale(("1", "8.39", "0.19"), vat=[{"rate": "0.19", "amount": "1.62"}]))
        assert (error["field"], error["rule"]) == ("vat.0.amount", "vat-bound")
        assert (
            "1.62 is given as the VAT of 19 % S on 8.39; it is calculated as 1.59, and may be at most 0.01"
            in error["message"]
        )


class TestRates:
    @pytest.mark.parametrize(("rate", "vat"), [("0.08875", "8.88"), ("0.14975", "14.98"), ("0.055555", "5.56")])
    def test_rates_have_up_to_six_decimals(self, api: Caller, rate: str, vat: str) -> None:
        assert groups(posted(api, sale(("1", "100", rate)))) == [(rate, "S", "100.00", vat)]


class TestCategories:
    @pytest.mark.parametrize(
        ("category", "given", "printed"),
        [
            ("AE", "", "Reverse charge"),
            ("K", "", "Intra-community supply"),
            ("G", "", "Export outside the EU"),
            ("O", "", "Not subject to VAT"),
            ("E", "Section 4 no. 11 UStG", "Section 4 no. 11 UStG"),
            ("Z", "", ""),
        ],
    )
    def test_a_rate_of_zero_says_why(self, api: Caller, category: str, given: str, printed: str) -> None:
        body = sale(("1", "100", "0"))
        body["lines"][0] |= {"vat_category": category, "exemption_reason": given}
        found = posted(api, body)
        assert groups(found) == [("0.00", category, "100.00", "0.00")]
        assert found["vat_groups"][0]["reason"] == printed

    def test_reverse_charge_is_an_e_invoice(self, api: Caller) -> None:
        buyer = {"name": "B", "country": "FR", "vat_id": "FR12345678901"}
        body = sale(("1", "100", "0"), buyer=buyer, e_invoice=True)
        body["lines"][0]["vat_category"] = "AE"
        assert groups(posted(api, body)) == [("0.00", "AE", "100.00", "0.00")]
        body["buyer"] = buyer | {"vat_id": ""}
        assert refused(api, body)["rule"] == "BR-AE-02"

    @pytest.mark.parametrize(("rate", "category", "field"), [("0.19", "AE", "vat_category"), ("0", "S", "vat_category"),
                                                             ("0", "E", "exemption_reason")])  # fmt: skip
    def test_category_and_rate_fit(self, api: Caller, rate: str, category: str, field: str) -> None:
        body = sale(("1", "100", rate))
        body["lines"][0]["vat_category"] = category
        assert refused(api, body)["field"] == f"lines.0.{field}"


class TestDays:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            ("2026-04-01T00:30:00+02:00", "2026-04-01"),
            ("2026-03-31T23:30:00-05:00", "2026-03-31"),
            ("2026-04-01T00:30:00Z", "2026-04-01"),
        ],
    )
    def test_the_day_is_that_of_the_date_as_it_was_written(self, api: Caller, moment: str, day: str) -> None:
        assert posted(api, sale(("1", "1", "0.19"), invoice_date=moment))["invoice_day"] == day

    def test_a_series_with_a_zone_has_the_days_of_its_zone(self, api: Caller) -> None:
        api.patch("/series/INV", {"timezone": "Europe/Berlin"})
        assert api.status == 200
        assert posted(api, sale(("1", "1", "0.19"), invoice_date="2026-03-31T22:30:00Z"))["invoice_day"] == "2026-04-01"
        api.patch("/series/INV", {"timezone": "America/New_York"})
        found = posted(api, sale(("1", "1", "0.19"), invoice_date="2026-04-02T02:30:00Z"))
        assert found["invoice_day"] == "2026-04-01"

    def test_a_date_in_the_future_needs_a_word(self, api: Caller) -> None:
        late = sale(("1", "1", "0.19"), invoice_date="2150-01-01T00:00:00Z")
        assert (refused(api, late)["field"], refused(api, late)["rule"]) == ("invoice_date", "future-date")
        assert posted(api, late | {"accept": ["future-date"]})["accept"] == ["future-date"]

    @pytest.mark.parametrize(("days", "needs_word"), [(1, False), (3, True), (400, True)])
    def test_a_day_after_tomorrow_is_in_the_future(self, api: Caller, days: int, needs_word: bool) -> None:
        moment = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        body = sale(("1", "1", "0.19"), invoice_date=moment)
        if needs_word:
            assert refused(api, body)["rule"] == "future-date"
        else:
            posted(api, body)

    def test_a_day_before_the_newest_needs_a_word(self, api: Caller) -> None:
        posted(api, sale(("1", "1", "0.19"), invoice_date="2026-04-02T10:00:00Z"))
        posted(api, sale(("1", "1", "0.19"), invoice_date="2026-04-02T08:00:00Z"))
        early = sale(("1", "1", "0.19"), invoice_date="2019-04-01T10:00:00Z")
        assert (refused(api, early)["field"], refused(api, early)["rule"]) == ("invoice_date", "before-newest")
        posted(api, early | {"accept": ["before-newest"]})

    def test_a_source_with_its_own_numbers_dates_as_it_likes(self, api: Caller) -> None:
        for number, year in (("1", "2026"), ("2", "2019"), ("3", "2150")):
            body = sale(("1", "1", "0.19"), invoice_date=f"{year}-01-01T00:00:00Z", series="SHOP", number=number)
            posted(api, body)


class TestCreditNotes:
    def credit(self, number: str, *lines: tuple[str, str, str], **more: Any) -> dict[str, Any]:
        return sale(*lines, kind="credit_note", corrects=number, **more)

    @pytest.mark.parametrize(
        ("lines", "order", "vats"),
        [
            (["68.33", "68.33", "57.50", "85.00"], [0, 2, 3, 1], ["13.67", "11.50", "17.00", "13.66"]),
            (["0.02", "0.02", "0.02"], [0, 1, 2], ["0.00", "0.00", "0.01"]),
            (["33.33", "33.33", "33.34"], [2, 0, 1], ["6.67", "6.67", "6.66"]),
        ],
    )
    def test_line_by_line_ends_at_zero(
        self,
        api: Caller,
        lines: list[str],
        order: list[int],
        vats: list[str],
    ) -> None:
        number = posted(api, sale(*[("1", net, "0.2") for net in lines]))["invoice_number"]
        notes = [posted(api, self.credit(number, ("1", lines[index], "0.2"))) for index in order]
        assert [note["vat_amount"] for note in notes] == vats
        found = api.get(f"/invoices/{number}")
        assert found["credited_amount"] == found["total_amount"]
        assert refused(api, self.credit(number, ("1", "0.01", "0.2")))["field"] == "corrects"

    def test_pieces_at_a_gross_price_end_at_zero(self, api: Caller) -> None:
        number = posted(api, sale(("3", "9.99", "0.19"), prices_include_vat=True))["invoice_number"]
        notes = [posted(api, self.credit(number, ("1", "9.99", "0.19"), prices_include_vat=True)) for _ in range(3)]
        assert [note["total_amount"] for note in notes] == ["9.99"] * 3
        assert api.get(f"/invoices/{number}")["credited_amount"] == "29.97"

    def test_the_last_cent_of_a_gross_price(self, api: Caller) -> None:
        number = posted(api, sale(("1", "9.99", "0.19"), prices_include_vat=True))["invoice_number"]
        given = [{"rate": "0.19", "amount": "1.60"}]
        posted(api, self.credit(number, ("1", "8.38", "0.19"), vat=given))
        last = posted(api, self.credit(number, ("1", "0.01", "0.19")))
        assert groups(last) == [("0.19", "S", "0.01", "0.00")]

    def test_credits_are_capped_per_rate(self, api: Caller) -> None:
        number = posted(api, sale(("1", "100", "0.19"), ("1", "100", "0.07")))["invoice_number"]
        error = refused(api, self.credit(number, ("1", "100.01", "0.07")))
        assert "100.01 net is more than the 100.00 that is left" in error["message"]
        posted(api, self.credit(number, ("1", "100", "0.07")))
        assert "0.00 that is left" in refused(api, self.credit(number, ("1", "1", "0.07")))["message"]
        assert (
            "must be all that is left"
            in refused(api, self.credit(number, ("1", "100", "0.19"), vat=[{"rate": "0.19", "amount": "18.99"}]))[
                "message"
            ]
        )

    def test_an_invoice_is_named_by_the_number_that_is_printed(self, api: Caller) -> None:
        posted(api, sale(("1", "100", "0.19"), series="SHOP", number="581475"))
        note = posted(api, self.credit("581475", ("1", "10", "0.19")) | {"series": "SHOP-CN", "number": "CN1"})
        assert (note["corrects"], note["printed_number"]) == ("SHOP-581475", "CN1")

    def test_a_printed_number_of_two_invoices_names_neither(self, api: Caller) -> None:
        for series in ("SHOP", "OTHER"):
            posted(api, sale(("1", "100", "0.19"), series=series, number="7"))
        assert refused(api, self.credit("7", ("1", "10", "0.19")))["field"] == "corrects"

    def test_a_credit_note_of_zero_is_refused(self, api: Caller) -> None:
        number = posted(api, sale(("1", "100", "0.19")))["invoice_number"]
        nothing = self.credit(number, ("1", "0", "0.19"), accept=["zero-total"])
        assert "credits nothing" in refused(api, nothing)["message"]
        posted(api, nothing | {"corrects": None, "reason": "A free order is cancelled."})

    DIFFERENCES = {
        "another buyer": ({"buyer": {"name": "Another Company"}}, "buyer"),
        "another seller": ({"seller": {"name": "Z"}}, "seller"),
        "an earlier date": ({"invoice_date": "2020-01-01T00:00:00Z"}, "invoice_date"),
        "another currency": ({"currency": "USD"}, "currency"),
        "another rate": ({"lines": sale(("1", "1", "0.07"))["lines"]}, "lines"),
        "another category": ({"lines": [sale(("1", "1", "0"))["lines"][0] | {"vat_category": "AE"}]}, "lines"),
    }

    @pytest.mark.parametrize(("change", "field"), DIFFERENCES.values(), ids=DIFFERENCES)
    def test_a_credit_note_unlike_its_invoice_needs_a_word_and_a_reason(
        self,
        api: Caller,
        change: dict[str, Any],
        field: str,
    ) -> None:
        number = posted(api, sale(("1", "100", "0.19")))["invoice_number"]
        unlike = self.credit(number, ("1", "1", "0.19")) | change
        error = refused(api, unlike)
        assert (error["field"], error["rule"]) == (field, "credit-differs")
        assert refused(api, unlike | {"accept": ["credit-differs"]})["field"] == "reason"
        posted(api, unlike | {"accept": ["credit-differs"], "reason": "The customer has moved."})


class TestAmounts:
    @pytest.mark.parametrize(
        ("more", "fields"),
        [
            ({"lines": sale(("-1", "10", "0.19"))["lines"]}, ["lines", "lines"]),
            ({"prepaid_amount": "120"}, ["prepaid_amount"]),
            ({"lines": sale(("1", "0.01", "0.19"))["lines"], "rounding_amount": "-0.05"}, ["rounding_amount"]),
        ],
    )
    def test_the_field_that_is_wrong_is_named(self, api: Caller, more: dict[str, Any], fields: list[str]) -> None:
        found = api.post("/invoices", sale(("1", "100", "0.19")) | more)
        assert (api.status, [each["field"] for each in found["errors"]]) == (422, fields)


class TestZeroTotals:
    def test_a_free_order_needs_a_word(self, api: Caller) -> None:
        free = sale(("2", "0.00", "0.19"))
        assert (refused(api, free)["field"], refused(api, free)["rule"]) == ("lines", "zero-total")
        assert posted(api, free | {"accept": ["zero-total"]})["total_amount"] == "0.00"

    def test_a_series_may_allow_it_for_all(self, api: Caller) -> None:
        api.patch("/series/INV", {"zero_totals": True})
        body = sale(("1", "20", "0.19"), allowances=[{"amount": "20.00", "vat_rate": "0.19", "reason": "Voucher"}])
        assert groups(posted(api, body)) == [("0.19", "S", "0.00", "0.00")]
        posted(api, sale(("1", "5", "0.19"), ("-1", "5", "0.19")))


class TestCurrencies:
    @pytest.mark.parametrize(
        ("currency", "price", "rate", "total"),
        [("JPY", "1200", "0.1", "2640.00"), ("ISK", "1990", "0.24", "4935.00"), ("KRW", "999", "0.1", "2198.00")],
    )
    def test_one_without_decimals_is_issued_in_whole_units(
        self,
        api: Caller,
        currency: str,
        price: str,
        rate: str,
        total: str,
    ) -> None:
        found = posted(api, sale(("2", price, rate), currency=currency))
        assert (found["total_amount"], found["currency"]) == (total, currency)
        note = posted(api, sale(("2", price, rate), currency=currency, kind="credit_note",
                                corrects=found["invoice_number"]))  # fmt: skip
        assert note["total_amount"] == total

    def test_gross_yen(self, api: Caller) -> None:
        found = posted(api, sale(("3", "1199", "0.1"), currency="JPY", prices_include_vat=True))
        assert groups(found) == [("0.10", "S", "3270.00", "327.00")]

    @pytest.mark.parametrize("currency", ["KWD", "BHD", "TND"])
    def test_one_with_three_decimals_is_refused_in_a_sentence(self, api: Caller, currency: str) -> None:
        error = refused(api, sale(("2", "1.255", "0"), currency=currency))
        assert error["field"] == "currency"
        assert f"{currency} has 3 decimals" in error["message"]

    def test_a_part_of_a_yen_is_refused(self, api: Caller) -> None:
        assert refused(api, sale(("1", "0.50", "0.1"), currency="JPY"))["field"] == "lines.0.unit_price"

    def test_every_currency_of_a_feed_is_in_the_answer(self, api: Caller) -> None:
        posted(api, sale(("1", "100", "0.2")))
        posted(api, sale(("1", "1200", "0.1"), currency="JPY"))
        number = posted(api, sale(("1", "10", "0.2"), currency="GBP"))["invoice_number"]
        posted(api, sale(("1", "4", "0.2"), currency="GBP", kind="credit_note", corrects=number))
        found = api.get("/stats", feed="live")
        assert (found["currency"], found["invoice_count"]) == ("SAR", 0)
        assert [(each["currency"], each["invoice_count"], each["total_amount"]) for each in found["currencies"]] == [
            ("EUR", 1, "120.00"), ("GBP", 1, "7.20"), ("JPY", 1, "1320.00"),
        ]  # fmt: skip


class TestOwnNumbers:
    def test_a_shop_goes_on_with_its_own_sequence(self, api: Caller) -> None:
        made = api.post("/series", {"prefix": "RE", "pattern": "RE{year}-{n:04}", "start": 1043})
        assert (api.status, made["issued"]) == (201, 0)
        found = posted(api, sale(("1", "1", "0.19"), series="RE", invoice_date="2026-05-01T10:00:00Z"))
        assert (found["invoice_number"], found["printed_number"]) == ("RE-000001", "RE2026-1043")
        found = posted(api, sale(("1", "1", "0.19"), series="RE", invoice_date="2026-05-02T10:00:00Z"))
        assert (found["invoice_number"], found["printed_number"]) == ("RE-000002", "RE2026-1044")
        [item] = [each for each in api.get("/series")["items"] if each["prefix"] == "RE"]
        assert (item["issued"], item["gaps"], item["next_number"][-5:]) == (2, [], "-1045")

    def test_a_new_year_is_a_new_series_that_counts_from_one(self, api: Caller) -> None:
        api.post("/series", {"prefix": "RE", "pattern": "RE{year}-{n:04}", "start": 7, "yearly": True,
                             "timezone": "Europe/Berlin"})  # fmt: skip
        numbers = []
        for moment in ("2026-12-31T22:30:00Z", "2026-12-31T23:30:00Z", "2027-01-05T10:00:00Z", "2026-12-31T22:40:00Z"):
            body = sale(("1", "1", "0.19"), series="RE", invoice_date=moment, accept=["future-date"])
            numbers.append(posted(api, body)["printed_number"])
        assert numbers == ["RE2026-0007", "RE2027-0001", "RE2027-0002", "RE2026-0008"]

    def test_a_prefix_alone_is_enough(self, api: Caller) -> None:
        assert "open it first" in refused(api, sale(("1", "1", "0.19"), series="RE2026"))["message"]
        api.post("/series", {"prefix": "RE2026"})
        found = posted(api, sale(("1", "1", "0.19"), series="RE2026"))
        assert (found["invoice_number"], found["printed_number"]) == ("RE2026-000001", "RE2026-000001")

    def test_a_sources_own_number_stays_as_it_is(self, api: Caller) -> None:
        body = sale(("1", "1", "0.19"), series="SHOP", number="581475")
        found = posted(api, body)
        assert (found["invoice_number"], found["printed_number"]) == ("SHOP-581475", "581475")
        assert api.get("/invoices/581475")["invoice_number"] == "SHOP-581475"
        for query in ("581475", "5814", "SHOP-5814", "shop-"):
            [item] = api.get("/invoices", feed="live", q=query)["items"]
            assert (item["invoice_number"], item["printed_number"]) == ("SHOP-581475", "581475")

    @pytest.mark.parametrize("number", ["CN1", "2026/17", "Ü-9"])
    def test_a_credit_note_keeps_the_number_of_its_source(self, api: Caller, number: str) -> None:
        body = sale(("1", "1", "0.19"), series="TF1-CN", number=number, kind="credit_note", reason="Goodwill")
        assert posted(api, body)["printed_number"] == number
        [item] = api.get("/invoices", feed="live", q=number)["items"]
        assert item["invoice_number"] == f"TF1-CN-{number}"

    def test_a_pattern_is_searched_for_as_it_is_printed(self, api: Caller) -> None:
        api.post("/series", {"prefix": "RE", "pattern": "RE{year}/{n:04}", "start": 1043})
        posted(api, sale(("1", "1", "0.19"), series="RE", invoice_date="2026-05-01T10:00:00Z"))
        for query in ("RE2026/1043", "re2026", "RE-0000"):
            assert len(api.get("/invoices", feed="live", q=query)["items"]) == 1, query
        assert api.get("/invoices/RE2026%2F1043")["invoice_number"] == "RE-000001"

    BAD: dict[str, tuple[dict[str, Any], str, int]] = {
        "a pattern without a counter": ({"pattern": "RE{year}"}, "pattern", 422),
        "a pattern with an unknown field": ({"pattern": "{month}{n}"}, "pattern", 422),
        "a yearly pattern without the year": ({"pattern": "RE-{n}", "yearly": True}, "pattern", 422),
        "a pattern with an invisible character": ({"pattern": "RE{n}\u202e"}, "pattern", 422),
        "an unknown zone": ({"timezone": "Mars/Base"}, "timezone", 422),
        "a prefix in small letters": ({"prefix": "re"}, "prefix", 422),
        "an unknown feed": ({"feed": "nowhere"}, "", 404),
        "a test series beside real ones": ({"kind": "test"}, "feed", 422),
        "a prefix that is taken": ({"prefix": "INV"}, "", 409),
    }

    @pytest.mark.parametrize(("change", "field", "status"), BAD.values(), ids=BAD)
    def test_a_series_that_cannot_be_opened(
        self,
        api: Caller,
        change: dict[str, Any],
        field: str,
        status: int,
    ) -> None:
        found = api.post("/series", {"prefix": "RE"} | change)
        assert api.status == status, found
        assert not field or [each["field"] for each in found["errors"]] == [field]

    def test_a_pattern_stays_once_something_was_issued(self, api: Caller) -> None:
        api.post("/series", {"prefix": "RE"})
        api.patch("/series/RE", {"pattern": "A{n}", "start": 5})
        assert (api.status, posted(api, sale(("1", "1", "0.19"), series="RE"))["printed_number"]) == (200, "A5")
        api.patch("/series/RE", {"pattern": "B{n}"})
        assert api.status == 409
        assert api.patch("/series/RE", {"zero_totals": True})["zero_totals"] is True
        api.patch("/series/NONE", {"zero_totals": True})
        assert api.status == 404
