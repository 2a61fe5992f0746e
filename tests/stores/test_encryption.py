"""A ciphertext opens in its own place with its own key, and nowhere else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.encryption import BadKeys, Keyring, Place, Undecipherable, make_key, parse_keys

PLACE = Place(table="stores_credential", column="ciphertext", row="7:token")
KEYS = parse_keys(f"{make_key('new')},{make_key('old')}")


@given(st.binary(max_size=2000))
def test_a_secret_is_read_as_it_was_written(secret: bytes) -> None:
    assert KEYS.decrypt(KEYS.encrypt(secret, PLACE), PLACE) == secret


@pytest.mark.parametrize(
    "place",
    [
        Place(table="other", column="ciphertext", row="7:token"),
        Place(table="stores_credential", column="other", row="7:token"),
        Place(table="stores_credential", column="ciphertext", row="8:token"),
        Place(table="stores_credential", column="ciphertext", row="7:secret"),
    ],
)
def test_a_ciphertext_that_was_moved_does_not_open(place: Place) -> None:
    with pytest.raises(Undecipherable):
        KEYS.decrypt(KEYS.encrypt(b"secret", PLACE), place)


@given(st.data())
def test_a_ciphertext_with_one_changed_byte_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(KEYS.encrypt(b"secret", PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Undecipherable):
        KEYS.decrypt(bytes(sealed), PLACE)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_ciphertext_are_refused(given_bytes: bytes) -> None:
    with pytest.raises(Undecipherable):
        KEYS.decrypt(given_bytes, PLACE)


def test_older_keys_read_and_the_first_key_writes() -> None:
    old = Keyring({"old": KEYS.keys["old"]})
    sealed = old.encrypt(b"secret", PLACE)
    assert KEYS.decrypt(sealed, PLACE) == b"secret"
    assert not KEYS.is_current(sealed)
    assert KEYS.is_current(KEYS.encrypt(b"secret", PLACE))
    with pytest.raises(Undecipherable, match="STORES_ENCRYPTION_KEYS"):
        old.decrypt(KEYS.encrypt(b"secret", PLACE), PLACE)


def test_two_ciphertexts_of_one_secret_differ() -> None:
    assert KEYS.encrypt(b"secret", PLACE) != KEYS.encrypt(b"secret", PLACE)


@pytest.mark.parametrize(
    "text", ["", "k1", "k1:", "k1:short", f"k 1:{'A' * 43}=", f"k1:{base64.b64encode(b'x' * 31).decode()}", "k1:*"]
)
def test_a_bad_list_of_keys_is_refused_without_showing_a_key(text: str) -> None:
    with pytest.raises(BadKeys) as refusal:
        parse_keys(text)
    assert "AAAA" not in str(refusal.value)


def test_an_id_that_is_given_twice_is_refused() -> None:
    with pytest.raises(BadKeys):
        parse_keys(f"{make_key('k1')},{make_key('k1')}")


def test_a_keyring_does_not_show_its_keys() -> None:
    assert repr(KEYS) == "Keyring()"
