"""How much of everything: in full, and for CI."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """`descriptors` is the soft limit with which the product starts, and the hard one of a web process beside it."""

    requests: int
    sockets: int
    descriptors: int
    pingers: int
    exports: int
    full_seconds: float
    broken_rows: int
    viewers: int


FULL = Sizes(
    requests=100, sockets=2000, descriptors=1024, pingers=10, exports=3, full_seconds=60.0, broken_rows=300_000, viewers=60
)  # fmt: skip
SMOKE = Sizes(
    requests=20, sockets=300, descriptors=256, pingers=3, exports=2, full_seconds=5.0, broken_rows=20_000, viewers=60
)  # fmt: skip
