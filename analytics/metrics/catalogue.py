"""The catalogue: every metric of the registry as JSON."""

from __future__ import annotations

from typing import Any

from analytics.metrics import registry
from analytics.metrics.registry import METRICS


def read_catalogue() -> list[dict[str, Any]]:
    """The metrics, in the order of the registry."""
    return [
        {
            "name": metric.name,
            "title": metric.title,
            "says": metric.says,
            "unit": str(metric.unit),
            "additive": metric.additive,
            "grains": list(registry.grains(metric)),
            "dimensions": list(registry.dimensions(metric)),
            "aliases": list(metric.aliases),
            "over": list(metric.over) if metric.over else None,
            "has_documents": metric.has_documents,
        }
        for metric in METRICS
        if metric.is_shown
    ]
