"""Mail and events of the running product: delivered by `loops`, also after it was killed."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.notifications.mailbox import Mailbox
from tests.stack import Stack
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(900)


def recipients(mailbox: Mailbox) -> list[str]:
    return [recipient for _, [recipient], _ in mailbox.mails]


def states(stack: Stack) -> dict[str, str]:
    items = stack.get_json("/api/notifications")["items"]
    return {item["recipient"]: item["state"] for item in items}


def newest_event(stack: Stack) -> Any:
    lines = stack.manage("events_tail", "--topic", "run.ended", "--once").stdout.splitlines()
    return json.loads(lines[-1]) if lines else None


def test_mail_is_delivered_also_after_the_sender_was_killed() -> None:
    with Mailbox() as mailbox, Stack(env={"EMAIL_URL": f"smtp://127.0.0.1:{mailbox.server.port}"}) as stack:
        stack.manage("sendtestemail", "ann@example.com")
        wait_for(lambda: recipients(mailbox) == ["ann@example.com"], "the first mail")
        stack.kill("loops", signal.SIGKILL)
        mailbox.answers["RCPT"] = ["550 no such user"]
        stack.manage("sendtestemail", "bob@example.com")
        wait_for(
            lambda: states(stack) == {"ann@example.com": "sent", "bob@example.com": "dead"}, "the second to be dead"
        )
        assert "550 no such user" in stack.get("/system/mail/")[1].decode()


def test_the_end_of_a_run_is_an_event_and_the_consumers_are_not_behind() -> None:
    with Stack() as stack:
        stack.manage("start_generation", "--rate", "20", "--duration", "1", "--seed", "7")
        event = wait_for(lambda: newest_event(stack), "the event")
        assert (event["type"], event["payload"]["issued_count"]) == ("completed", 20)
        report = json.loads(stack.manage("audit", "--json").stdout.splitlines()[-1])
        assert report["events"] == {"consumers": [{"name": "import-mail", "behind": 0, "dead": 0}]}
        assert 'invoicedash_events_behind{consumer="import-mail"} 0.0' in stack.get("/metrics")[1].decode()
