"""Prepares the database and the static files in one process: migrations, the admin user, collected files.

The supervisor runs it as a program at every start. It has no process name, so its queries have no time limits.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from pathlib import Path

# Exit code: everything is ready, and the admin's password was neither set by the environment nor generated here.
OTHER_PASSWORD = 10


def main() -> int:
    import django
    from django.db import OperationalError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")
    django.setup()
    try:
        migrate()
    except OperationalError as error:
        print(
            f"PostgreSQL cannot be used: {str(error).strip().splitlines()[0]}; correct DATABASE_URL.", file=sys.stderr
        )
        return 1
    collect_static()
    return 0 if ensure_admin(is_given="ADMIN_PASSWORD_MADE" not in os.environ) else OTHER_PASSWORD


def migrate() -> None:
    """Apply all migrations; prints a line only when there is one to apply."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    call_command("migrate", interactive=False, verbosity=1 if is_behind else 0)


def ensure_admin(*, is_given: bool) -> bool:
    """Create the user `admin` and apply the password from the environment; returns whether it is `ADMIN_PASSWORD`.

    A generated password is applied once, so that a later change by the owner stays.
    """
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    user = get_user_model().objects.filter(username="admin").first()
    if user is None or is_given:
        call_command("ensure_admin")
        return True
    return user.check_password(os.environ["ADMIN_PASSWORD"])


def collect_static() -> None:
    """Collect the static files when any of them changed since the last time; one process at a time."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    stamp = root / ".collected"
    with open(root / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = _digest()
        if not stamp.exists() or stamp.read_text() != digest:
            call_command("collectstatic", interactive=False, verbosity=1)
            stamp.write_text(digest)


def _digest() -> str:
    """A digest that identifies the set of static files and the way they are stored."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            digest.update(f"{storage.path(name)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
