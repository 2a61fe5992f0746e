"""The text that a person reads when the product is ready: the addresses and the user name."""

from __future__ import annotations

from pathlib import Path

from local.ready import reachable

USER = "admin"


def banner(
    *, host: str, port: int, flower_port: int | None, admin_password: str | None, flower_password: str, data_dir: Path
) -> str:
    """The lines to print. Without `admin_password`, the owner has chosen the admin's password."""
    base = f"http://{_shown(host)}:{port}"
    admin = f"password {admin_password}" if admin_password else "with the password that you set"
    lines = [
        f"  Dashboard   {base}/",
        f"  Admin       {base}/admin/    user {USER}, {admin}",
    ]
    if flower_port:
        lines.append(f"  Flower      http://127.0.0.1:{flower_port}/    user {USER}, password {flower_password}")
    lines.append(f"  Data        {data_dir}")
    return "\n".join(["", *lines, "", "  Ctrl-C stops everything.", ""])


def _shown(host: str) -> str:
    address = reachable(host)
    return f"[{address}]" if ":" in address else address
