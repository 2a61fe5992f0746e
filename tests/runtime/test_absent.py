"""A module that is hidden during an import can be imported afterwards, and a loaded one stays loaded."""

from __future__ import annotations

import importlib
import sys

import pytest

from runtime.absent import without


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
