"""The running product from outside: its API, its database, its processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from tests.stack import Stack
from tests.system.live.dashboard import Dashboard
from tests.waiting import HANG_SECONDS, wait_for

Json = dict[str, Any]
SILENT = httpx.Limits(max_keepalive_connections=0)


@dataclass(frozen=True)
class Answer:
    """What a call came to."""

    status: int
    body: Json
    media_type: str


class Product:
    """A running stack, and with `token` someone who may control it."""

    def __init__(self, stack: Stack, token: str | None = None) -> None:
        self.stack = stack
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(
            base_url=stack.url, headers=self.headers, timeout=HANG_SECONDS, trust_env=False, limits=SILENT
        )

    # -- its API -------------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Json | None = None) -> Answer:
        response = self._http.request(method, path, json=body)
        media_type = response.headers.get("content-type", "")
        return Answer(response.status_code, response.json() if "json" in media_type else {}, media_type)

    def do(self, method: str, path: str, body: Json | None = None) -> Json:
        """A call that must succeed; returns its body."""
        answer = self.call(method, path, body)
        assert 200 <= answer.status < 300, answer
        return answer.body

    def start(self, *, rate: float, seconds: int, seed: int = 7) -> Json:
        return self.do(
            "POST", "/api/control/start", {"rate_per_second": rate, "duration_seconds": seconds, "seed": seed}
        )

    def stop(self) -> Json:
        return self.do("POST", "/api/control/stop")

    def reset(self, *, purge: bool = False) -> Json:
        return self.do("POST", "/api/control/reset", {"purge": purge})

    def set_pace(self, rate: float, mode: str = "every") -> Json:
        return self.do("PUT", "/api/feed", {"rate_per_second": rate, "mode": mode})

    def status(self) -> Json:
        return self.do("GET", "/api/system/status")

    def stats(self) -> Json:
        return self.do("GET", "/api/stats")

    def clear(self, *, rate: float = 2) -> None:
        """Idle, empty, every row in turn at `rate` a second."""
        self.reset(purge=True)
        self.set_pace(rate)

    # -- what becomes true ---------------------------------------------------------------------------------------------

    def wait_until_completed(self) -> Json:
        return wait_for(
            lambda: self._status_if(lambda status: status["run"]["state"] == "completed"),
            "the run to complete",
        )

    def wait_until_idle(self) -> Json:
        return wait_for(lambda: self._status_if(lambda status: status["state"] == "idle"), "an idle feed")

    def _status_if(self, condition: Any) -> Json | None:
        """The status when `condition` is true, None otherwise and without an answer."""
        try:
            answer = self.call("GET", "/api/system/status")
        except httpx.HTTPError:
            return None
        return answer.body if answer.status == 200 and condition(answer.body) else None

    def audit(self) -> Json:
        """What `manage.py audit` says; fails when it finds any difference."""
        done = self.stack.manage("audit", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        report: Json = json.loads(done.stdout.splitlines()[-1])
        assert report["ok"] is True
        return report

    # -- behind it -----------------------------------------------------------------------------------------------------

    def dashboard(self, **options: Any) -> Dashboard:
        return Dashboard(self.stack.ws_url, headers=self.headers, **options)

    def address(self, name: str) -> str:
        """`DATABASE_URL` or `REDIS_URL`, as the product itself publishes them."""
        lines = (self.stack.data_dir / "servers.env").read_text().splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith(f"{name}="))

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        with psycopg.connect(
            self.address("DATABASE_URL"), autocommit=True, connect_timeout=int(HANG_SECONDS)
        ) as connection:
            yield connection

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.database() as connection:
            cursor = connection.execute(query, parameters)
            return list(cursor.fetchall()) if cursor.description else []

    def invoice_count(self) -> int:
        """The invoices of the demo feed since its last purge; other tests issue on other feeds of a shared product."""
        [(count,)] = self.sql(
            "SELECT count(*) FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id"
            " WHERE s.closed_at IS NULL AND s.feed_id = 'demo'"
        )
        return int(count)

    def shown_since(self, seq: int) -> list[float]:
        """The moments of the demo feed's rows after `seq`, in seconds."""
        rows = self.sql(
            "SELECT extract(epoch FROM shown_at)::float FROM streaming_shown WHERE feed_id = 'demo' AND seq > %s ORDER BY seq",
            seq,
        )
        return [moment for (moment,) in rows]
