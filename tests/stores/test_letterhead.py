"""The letterhead of a store: what members may set, what is refused, and the logo that is drawn again."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import pytest
from django.test import Client

from stores.letterhead import PLAIN, BadLetterhead, Letterhead, check_letterhead, contrast_on_white
from stores.letterheads import read_letterhead
from stores.logos import LARGEST, BadLogo, make_logo
from tests.stores.conftest import Two

LOGO = "/api/stores/nord-shop/logo"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#0a7"/></svg>'


def png(width: int, height: int, *, note: bytes = b"", bits: int = 24) -> bytes:
    """A picture of one colour, with 24 bits or 1 bit for a point; `note` is a text that the file holds beside it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\x10\x80\x40" * width if bits == 24 else bytes(width // 8)
    rows = zlib.compress((b"\0" + row) * height)
    depth, colours = (8, 2) if bits == 24 else (1, 0)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"tEXt", note) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def size_of(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def patch(two: Two, name: str, letterhead: dict[str, Any]) -> Any:
    return two.call(name, "PATCH", "/api/stores/nord-shop", json.dumps({"letterhead": letterhead}))


def test_a_store_without_a_letterhead_prints_plain_documents(two: Two) -> None:
    assert read_letterhead(two.store.pk) == PLAIN
    shown = two.call("viewer", "GET", "/api/stores/nord-shop").json()["letterhead"]
    assert shown == {
        "language": "en", "colour": "#1c2430", "header": "", "footer": "", "payment_note": "", "logo": None,
    }  # fmt: skip


def test_each_field_changes_alone(two: Two) -> None:
    assert patch(two, "mate", {"language": "de", "colour": "#0a7a5a"}).status_code == 200
    shown = patch(two, "owner", {"footer": "HRB 1234\nNordbank"}).json()["letterhead"]
    assert (shown["language"], shown["colour"], shown["footer"]) == ("de", "#0a7a5a", "HRB 1234\nNordbank")
    assert read_letterhead(two.foreign.pk) == PLAIN


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"language": "tlh"}, "letterhead.language"),
        ({"colour": "red"}, "letterhead.colour"),
        ({"colour": "#ffee00"}, "letterhead.colour"),
        ({"header": "x" * 201}, "letterhead.header"),
        ({"footer": "a\nb\nc\nd\ne"}, "letterhead.footer"),
        ({"motto": "x"}, "letterhead.motto"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_field(two: Two, changes: dict[str, Any], field: str) -> None:
    answer = patch(two, "owner", changes)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert read_letterhead(two.store.pk) == PLAIN


def test_a_picture_is_drawn_again_in_the_size_of_the_paper(two: Two) -> None:
    answer = two.clients["owner"].put(LOGO, png(400, 100, note=b"Comment\0secret"), content_type="image/png")
    assert answer.status_code == 200
    assert answer.json()["letterhead"]["logo"] == LOGO
    shown = two.call("viewer", "GET", LOGO)
    assert shown["Content-Type"] == "image/png"
    assert b"secret" not in shown.content
    # 62 mm at 300 dots an inch.
    assert size_of(shown.content) == (732, 183)


def test_the_logo_can_be_removed(two: Two) -> None:
    two.clients["owner"].put(LOGO, SVG, content_type="image/svg+xml")
    assert two.call("viewer", "DELETE", LOGO).status_code == 403
    assert two.call("owner", "DELETE", LOGO).status_code == 204
    assert two.call("owner", "GET", LOGO).status_code == 404


def test_a_drawing_becomes_a_picture_as_high_as_the_box() -> None:
    assert size_of(make_logo(SVG)) == (520, 260)


@pytest.mark.parametrize("raw", [b"", b"GIF89a", b"<html></html>", b"x" * (LARGEST + 1), png(400, 100)[:80]])
def test_what_is_not_a_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(BadLogo, match="use a PNG"):
        make_logo(raw)


def test_a_small_file_that_unpacks_to_gigabytes_is_refused() -> None:
    raw = png(32_000, 32_000, bits=1)
    assert len(raw) < LARGEST
    with pytest.raises(BadLogo):
        make_logo(raw)


@pytest.mark.parametrize("colour", ["#000000", "#1c2430", "#0a7a5a", "#b00020"])
def test_colours_that_can_be_read_are_taken(colour: str) -> None:
    check_letterhead(Letterhead(colour=colour))


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)
    with pytest.raises(BadLetterhead, match="darker"):
        check_letterhead(Letterhead(colour="#dddddd"))


def test_members_see_the_page_and_administrators_may_change_it(two: Two) -> None:
    page = two.call("viewer", "GET", "/stores/nord-shop/letterhead/")
    assert page.status_code == 200
    assert "disabled" in page.content.decode()
    assert ">Save</button>" in two.call("mate", "GET", "/stores/nord-shop/letterhead/").content.decode()
    assert two.call("stranger", "GET", "/stores/nord-shop/letterhead/").status_code == 404


def test_the_admin_of_the_installation_changes_it_within_the_same_bounds(two: Two, admin_client: Client) -> None:
    address = f"/admin/stores/store/{two.store.pk}/change/"
    assert admin_client.get(address).status_code == 200
    form = {
        "name": "Nord Shop", "currency": "EUR", "timezone": "", "letterhead-TOTAL_FORMS": "1", "letterhead-INITIAL_FORMS": "0",
        "letterhead-0-language": "fr", "letterhead-0-colour": "#ffee00",
    }  # fmt: skip
    assert "darker colour" in admin_client.post(address, form).content.decode()
    answer = admin_client.post(address, {**form, "letterhead-0-colour": "#0a7a5a"})
    assert answer.status_code == 302
    assert read_letterhead(two.store.pk) == Letterhead(language="fr", colour="#0a7a5a")
