"""One bulk operation of a fake shop: its states, its result, and how GraphQL and webhooks show it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from integrations.shopify.fake.bulk_result import Result
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import gid, text

KEPT = timedelta(days=7)
# Faults, and the error code of the operation then.
FAILURES = {"failed": "INTERNAL_SERVER_ERROR", "timeout": "TIMEOUT", "access_denied": "ACCESS_DENIED"}


@dataclass(kw_only=True)
class Operation:
    """CREATED, RUNNING, and then COMPLETED, FAILED, or CANCELING and CANCELED."""

    id: int
    text: str
    created_at: datetime
    fault: str = ""
    status: str = "CREATED"
    error_code: str | None = None
    completed_at: datetime | None = None
    root_count: int = 0
    result: Result = field(default_factory=Result)
    writing: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self.status in ("CREATED", "RUNNING", "CANCELING")

    @property
    def complete(self) -> Result | None:
        return self.result if self.status == "COMPLETED" and self.result.size else None

    @property
    def partial(self) -> Result | None:
        is_there = self.status in ("FAILED", "CANCELED") and self.fault != "access_denied" and self.result.size
        return self.result if is_there else None

    def is_expired(self, now: datetime) -> bool:
        return self.completed_at is not None and self.completed_at + KEPT <= now

    def end(self, now: datetime) -> None:
        self.completed_at = now
        if self.status == "CANCELING":
            self.status = "CANCELED"
        elif self.fault in FAILURES:
            self.status, self.error_code = "FAILED", FAILURES[self.fault]
        else:
            self.status = "COMPLETED"
        if self.status != "COMPLETED":
            self.result = self.result.first_half()

    def node(self, shop_url: str, now: datetime) -> Json:
        address = f"{shop_url}/bulk/{self.id}"
        is_here = not self.is_expired(now)
        return {
            "__typename": "BulkOperation", "id": gid("BulkOperation", self.id), "type": "QUERY", "status": self.status,
            "errorCode": self.error_code, "query": self.text, "createdAt": text(self.created_at),
            "completedAt": text(self.completed_at), "objectCount": str(self.result.line_count),
            "rootObjectCount": str(self.root_count), "fileSize": str(self.result.size) if self.complete else None,
            "url": f"{address}.jsonl" if self.complete and is_here else None,
            "partialDataUrl": f"{address}.partial.jsonl" if self.partial and is_here else None,
        }  # fmt: skip

    def body(self) -> Json:
        """Of the webhook `bulk_operations/finish`."""
        return {
            "admin_graphql_api_id": gid("BulkOperation", self.id), "created_at": text(self.created_at),
            "completed_at": text(self.completed_at), "status": self.status.lower(), "type": "query",
            "error_code": self.error_code and self.error_code.lower(),
        }  # fmt: skip
