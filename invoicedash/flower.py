"""The `flower` process: Celery's monitor without Celery's command line, which takes 8 MB.

Flower reads its options from the environment (`FLOWER_...`) and from the command line, as usual.
"""

from __future__ import annotations

import atexit
import signal
import sys

from tornado.options import options

from invoicedash.monitored import app
from runtime.absent import without

# Only for coloured help texts.
with without("pygments"):
    from flower import command
    from flower.app import Flower
    from flower.urls import settings


def main(arguments: list[str]) -> None:
    """Run Flower until a signal ends it."""
    command.apply_env_options()
    command.apply_options("flower", arguments)
    command.extract_settings()
    command.setup_logging()
    monitor = Flower(capp=app, options=options, **settings)
    atexit.register(monitor.stop)
    signal.signal(signal.SIGTERM, command.sigterm_handler)
    monitor.start_http_server()
    try:
        monitor.start()
    except (KeyboardInterrupt, SystemExit):
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
