"""Compares the effects of each consumer with the facts. It uses none of the product's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.system.chaos.checker import Violation


def check(facts: Mapping[str, int], effects: Mapping[tuple[str, str], Sequence[int]]) -> Iterator[Violation]:
    """`facts` has how often each key was changed, `effects` what each consumer did for each key, in order."""
    for (consumer, key), done in sorted(effects.items()):
        who, owed = f"{consumer}, key {key}", range(1, facts[key] + 1)
        if missing := sorted(set(owed) - set(done)):
            yield Violation(
                kind="lost", invariant="I16", text=f"{who}: {len(missing)} events, the first is {missing[0]}"
            )
        if again := [n for n, count in Counter(done).items() if count > 1]:
            yield Violation(
                kind="doubled", invariant="I16", text=f"{who}: {len(again)} events, the first is {again[0]}"
            )
        if strange := set(done) - set(owed):
            yield Violation(kind="wrong", invariant="I16", text=f"{who}: {sorted(strange)} were rolled back")
        first_effects = list(dict.fromkeys(done))
        if first_effects != sorted(first_effects):
            yield Violation(
                kind="wrong", invariant="I16", text=f"{who}: the order is {_around_disorder(first_effects)}"
            )


def _around_disorder(done: Sequence[int]) -> str:
    at = next(index for index in range(1, len(done)) if done[index] < done[index - 1])
    return ", ".join(map(str, done[max(0, at - 3) : at + 2]))
