"""What the product says of itself: the probe, the conditions wherever they are shown, the figures of its metrics."""

from __future__ import annotations

import re

from tests.system.chaos.product import Answer, Product

READY, STATUS, PAGE, METRICS = "/readyz", "/api/system/status", "/system/", "/metrics"
OK = 200


class Health:
    """Asks the product again each time."""

    def __init__(self, product: Product) -> None:
        self._product = product

    async def ready(self) -> Answer:
        return await self._product.call("GET", READY)

    async def is_ready(self) -> bool:
        return (await self.ready()).status == OK

    async def conditions(self) -> set[tuple[str, str]] | None:
        """Name and subject of each, as the probe says, which answers in every case; None without an answer."""
        answer = await self.ready()
        if "conditions" not in answer.body:
            return None
        return {(each["name"], each["subject"]) for each in answer.body["conditions"]}

    async def is_well(self) -> bool:
        """Whether it is ready and no condition holds."""
        answer = await self.ready()
        return answer.status == OK and answer.body.get("conditions") == []

    async def shows(self, name: str, subject: str = "") -> bool:
        """Whether the condition is shown in every place that can be read now: probe, status, metrics and page."""
        found = await self.conditions()
        if found is None or not any(each[0] == name and each[1].startswith(subject) for each in found):
            return False
        answers = [await self._product.call("GET", path) for path in (STATUS, METRICS, PAGE)]
        return all(_names(answer, name) for answer in answers if answer.status == OK)

    async def figure(self, name: str) -> float | None:
        """The value of a metric without labels; None where it cannot be read."""
        answer = await self._product.call("GET", METRICS)
        found = re.search(rf"^{name} ([\d.e+]+)", answer.text, re.MULTILINE)
        return float(found[1]) if found else None


def _names(answer: Answer, name: str) -> bool:
    if "conditions" in answer.body:
        return any(each["name"] == name for each in answer.body["conditions"])
    return name in answer.text
