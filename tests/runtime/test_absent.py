"""A module that is hidden or empty during an import can be imported afterwards, and a loaded one stays loaded."""

from __future__ import annotations

import importlib
import sys

import pytest

from runtime.absent import empty, without


def test_a_hidden_module_cannot_be_imported_until_the_block_ends() -> None:
    sys.modules.pop("colorsys", None)
    with without("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").__name__ == "colorsys"


def test_a_module_that_is_loaded_already_stays() -> None:
    loaded = importlib.import_module("colorsys")
    with without("colorsys"):
        assert importlib.import_module("colorsys") is loaded
    assert sys.modules["colorsys"] is loaded


def test_an_empty_module_has_every_name_until_the_block_ends() -> None:
    sys.modules.pop("colorsys", None)
    with empty("colorsys"):
        unused = importlib.import_module("colorsys").rgb_to_hsv
    assert issubclass(unused, Exception)
    assert importlib.import_module("colorsys").rgb_to_hsv(1, 1, 1) == (0.0, 0.0, 1)


def test_a_module_that_is_loaded_already_is_not_emptied() -> None:
    loaded = importlib.import_module("colorsys")
    with empty("colorsys"):
        assert importlib.import_module("colorsys") is loaded


def test_an_empty_module_is_hidden_from_an_import_within() -> None:
    sys.modules.pop("colorsys", None)
    with empty("colorsys"):
        stand_in = sys.modules["colorsys"]
        with without("colorsys"), pytest.raises(ImportError):
            importlib.import_module("colorsys")
        assert sys.modules["colorsys"] is stand_in
    assert "colorsys" not in sys.modules
