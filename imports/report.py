"""The report of an import in counts, also while the import runs and after it was interrupted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from imports.models import SourceFile, empty_counts

MOST_WARNINGS = 20


@dataclass(kw_only=True)
class Report:
    """What an import of one or more files did, in sums of their counts.

    A file that was begun before counts as a whole: what earlier attempts did is in its counts.
    """

    counts: dict[str, Any] = field(default_factory=empty_counts)
    files: dict[str, int] = field(default_factory=lambda: {"imported": 0, "unchanged": 0, "changed": 0, "resumed": 0})
    notes: list[str] = field(default_factory=list)
    warning_count: int = 0
    seconds: float = 0
    # What each file was understood to be, in the order of the files.
    detected: list[dict[str, Any]] = field(default_factory=list)
    file_ids: list[int] = field(default_factory=list)

    def add(self, more: dict[str, Any]) -> None:
        """Add the counts of a file."""
        add_counts(self.counts, more)

    def warn(self, warnings: Iterable[str]) -> None:
        """Note the first `MOST_WARNINGS` of all warnings: a file of numbers that look alike has thousands."""
        for warning in warnings:
            if self.warning_count < MOST_WARNINGS:
                self.notes.append(warning)
            self.warning_count += 1

    def as_json(self) -> dict[str, Any]:
        """The report of an import that is complete."""
        return {**self.counts, **self._about(self.seconds), "notes": self.notes, "complete": True}

    def so_far(self, file: SourceFile) -> dict[str, Any]:
        """The report when the import ends in the middle of `file`, after what is committed now."""
        counts = empty_counts()
        add_counts(counts, self.counts)
        add_counts(counts, file.counts)
        note = (
            f"{file.done_count:,} of the {file.document_count:,} documents of {file.name} are dealt with and stay; "
            "import the same file again to go on after them."
        )
        return {**counts, **self._about(self.seconds + file.seconds), "notes": [*self.notes, note], "complete": False}

    def _about(self, seconds: float) -> dict[str, Any]:
        return {"files": self.files, "file_ids": self.file_ids, "seconds": round(seconds, 3), "detected": self.detected}


def add_counts(counts: dict[str, Any], more: dict[str, Any]) -> None:
    """Add to `counts`, name by name and rule by rule."""
    for name, value in more.items():
        if isinstance(value, dict):
            add_counts(counts.setdefault(name, {}), value)
        else:
            counts[name] = counts.get(name, 0) + value
