#!/usr/bin/env python
"""Django's command line, for a running `make run` or for servers that the environment names.

A bad setting, a missing database or a database that does not answer is reported in one sentence with exit code 1.
"""

from __future__ import annotations

import os
import sys

from runtime import environment
from runtime.environment import BadSetting

WITHOUT_DATABASE = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
    *("makemigrations", "sendtestemail", "startapp", "version"),
}
# PostgreSQL's SQLSTATEs for "not now": shutting down, crashed, starting up.
NOT_NOW = {"57P01", "57P02", "57P03"}


def main(arguments: list[str]) -> str | None:
    """Run one command; returns the sentence that says why it could not run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")
    if "runworker" in arguments:
        # Before Django loads the apps.
        import runtime.lean_django  # noqa: F401
    else:
        # A command in the container of a process is not that process: no heartbeat and no limits of a serving process.
        os.environ.pop("INVOICEDASH_PROCESS", None)
    try:
        env = environment.read()
    except BadSetting as error:
        return str(error)
    if env.database_url is None and _needs_database(arguments):
        return f"No database: nothing runs in {env.data_dir}; start `make run` there, or set DATABASE_URL."
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(arguments)
    except OperationalError as error:
        if "--traceback" in arguments or not _means_no_answer(error):
            raise
        reason = str(error).strip().splitlines()[0]
        return f"PostgreSQL does not answer ({reason}); start `make run` again, or correct DATABASE_URL."
    return None


def _needs_database(arguments: list[str]) -> bool:
    command = arguments[1] if len(arguments) > 1 else "help"
    return not (command.startswith("-") or command in WITHOUT_DATABASE or {"-h", "--help"} & set(arguments))


def _means_no_answer(error: Exception) -> bool:
    """Whether the error concerns the connection and not a query; a failed connection has no SQLSTATE."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state in NOT_NOW


if __name__ == "__main__":
    sys.exit(main(sys.argv))
