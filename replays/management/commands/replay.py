"""`manage.py replay`: starts to show a past window of stored invoices again on a feed of its own."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from replays import operations
from replays.models import LARGEST_SPEED, LEAST_SPEED
from replays.serialize import BadMoment, parse_moment


class Command(BaseCommand):
    help = "Start to show the invoices of a past window again, at a multiple of their original speed, and return."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        moment = "a day such as 2010-12-06 (its start), or 2010-12-06T08:30:00; UTC unless a zone is given"
        parser.add_argument("--from", dest="begin", metavar="MOMENT", required=True, help=moment)
        parser.add_argument(
            "--to", dest="end", metavar="MOMENT", required=True, help="the first moment after the window"
        )
        parser.add_argument("--speed", default="60", help=f"speed-up factor, {LEAST_SPEED} to {LARGEST_SPEED} [60]")
        parser.add_argument("--feed", default="live", help="the feed of the invoices, live or demo [live]")

    def handle(self, *args: Any, begin: str, end: str, speed: str, feed: str, **options: Any) -> None:
        try:
            replay = operations.start(
                source=feed, begins_at=_moment("--from", begin), ends_at=_moment("--to", end), speed=_speed(str(speed))
            )
        except operations.BadReplay as refusal:
            raise CommandError(f"--{refusal.field}: {refusal}.") from None
        except operations.TooManyReplays as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{replay.feed_name} has started; watch it on the dashboard with ?feed={replay.feed_name}.")


def _moment(option: str, text: str) -> datetime:
    try:
        return parse_moment(text)
    except BadMoment as bad:
        raise CommandError(f"{option}: {bad}.") from None


def _speed(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,15})?", text, re.ASCII):
        raise CommandError(
            f"--speed: {text[:40]!r} is not a valid speed: use a number from {LEAST_SPEED} to {LARGEST_SPEED}."
        )
    return Decimal(text)
