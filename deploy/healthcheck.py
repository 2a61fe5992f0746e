"""Exit 0 when the process of this container is at work: `INVOICEDASH_PROCESS` says which one it is.

Web and Flower are asked over HTTP. The others serve nothing, so their heartbeat in PostgreSQL must be young:
a process that hangs is found as well as one that died. Django is not imported: a check is quick.
"""

import os
import sys
import urllib.request

import psycopg

OLD_SECONDS = 15
TIMEOUT_SECONDS = 3
HEARTBEAT = "select extract(epoch from clock_timestamp() - beat_at) from streaming_heartbeat where name = %s"


def main() -> int:
    """Check the process named by the environment; the exit code is the answer."""
    process = os.environ["INVOICEDASH_PROCESS"]
    if process == "web":
        return _check_http(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/readyz")
    if process == "flower":
        return _check_http(f"http://127.0.0.1:{os.environ.get('FLOWER_PORT', '5555')}/healthcheck")
    return _check_heartbeat(process)


def _check_http(url: str) -> int:
    try:
        # An address of this machine.
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS):  # nosec B310
            return 0
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)
        return 1


def _check_heartbeat(process: str) -> int:
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=TIMEOUT_SECONDS) as connection:
            row = connection.execute(HEARTBEAT, [process]).fetchone()
    except psycopg.Error as error:
        print(f"PostgreSQL: {error}", file=sys.stderr)
        return 1
    if row is None or row[0] > OLD_SECONDS:
        print(f"{process} gave no heartbeat for {OLD_SECONDS} s", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
