"""The checks of a web process that are called when the rights of some visitors changed, by topic."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[[], None]


class RightsWatchers:
    """The checks of each topic. `notify` calls them; a check must return at once."""

    def __init__(self) -> None:
        self._checks: dict[str, set[Check]] = {}

    def add(self, topic: str, check: Check) -> None:
        self._checks.setdefault(topic, set()).add(check)

    def discard(self, topic: str, check: Check) -> None:
        """Call `check` no more; nothing happens where it is not there."""
        checks = self._checks.get(topic, set())
        checks.discard(check)
        if not checks:
            self._checks.pop(topic, None)

    def notify(self, topic: str) -> None:
        for check in list(self._checks.get(topic, ())):
            check()
