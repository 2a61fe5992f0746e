"""Whether shops on the internet can reach the address of the installation."""

from __future__ import annotations

import pytest

from stores.reachability import is_on_the_internet, takes_keys


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000", "http://localhost:8000", "https://192.168.1.4", "http://[::1]:8000", "http://10.0.0.5",
        "https://desk.local", "https://desk", "https://desk.internal.", "",
    ],
)  # fmt: skip
def test_an_address_of_a_private_network_is_not_reached(url: str) -> None:
    assert not is_on_the_internet(url)
    assert not takes_keys(url)


def test_a_public_name_is_reached_and_takes_keys_by_https_alone() -> None:
    assert is_on_the_internet("http://desk.nordwind.de")
    assert not takes_keys("http://desk.nordwind.de")
    assert takes_keys("https://desk.nordwind.de")
    assert is_on_the_internet("https://93.184.216.34")
