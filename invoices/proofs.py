"""What apps above add to the audit: registered at start, proved in the same snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A part of the audit's report. `prove` returns it as JSON, `is_right` says whether it is in order.

    The commands call `keep` afterwards, so that the result can be shown later.
    """

    name: str
    prove: Callable[[], Any]
    is_right: Callable[[Any], bool]
    say: Callable[[Any], str]
    keep: Callable[[Any], None] = lambda report: None


_proofs: dict[str, Proof] = {}


def register_proof(proof: Proof) -> None:
    """Make the audit prove this too."""
    _proofs[proof.name] = proof


def registered_proofs() -> list[Proof]:
    """All that are registered, in the order of their names."""
    return [_proofs[name] for name in sorted(_proofs)]
