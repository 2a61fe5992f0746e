"""Makes all decisions and checks before the first process starts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import children, credentials, orphans, paths, ports
from local.child import Spec
from local.servers import Server
from local.state import FILE_NAME
from runtime.environment import Environment

SERVERS_ENV = "servers.env"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to run in a data directory: embedded servers, processes, and the environment they get."""

    data_dir: Path
    env: Environment
    commands: Mapping[str, list[str]]
    servers: Mapping[str, Server]
    secrets: Mapping[str, str]
    common: Mapping[str, str]
    is_admin_password_made: bool
    left_over_count: int

    @property
    def has_flower(self) -> bool:
        return "flower" in self.commands

    @property
    def has_empty_server(self) -> bool:
        """Whether an embedded PostgreSQL is to run that was never started before."""
        return "DATABASE_URL" in self.servers and not (self.data_dir / "postgres").exists()

    def server_specs(self) -> list[Spec]:
        return [children.server_spec(server, self.data_dir) for server in self.servers.values()]

    def process_specs(self) -> list[Spec]:
        flower = self.secrets["FLOWER_PASSWORD"]
        return [
            children.process_spec(name, command, self.common, self.env, flower)
            for name, command in self.commands.items()
        ]

    def preparation_environment(self) -> dict[str, str]:
        """The environment of the process that migrates: with the admin's password, and whether it was generated here."""
        made = {"ADMIN_PASSWORD_MADE": "1"} if self.is_admin_password_made else {}
        return {**self.common, "ADMIN_PASSWORD": self.secrets["ADMIN_PASSWORD"], **made}

    def publish_servers(self) -> None:
        """Publish for other commands where the servers are, which addresses the product uses and allows, and its app of
        Shopify.
        """
        published = {name: self.common[name] for name in ("DATABASE_URL", "REDIS_URL")} | {
            "PUBLIC_URL": self.env.public_url,
            "INTAKE_ALLOW_PRIVATE": str(int(self.env.intake_allow_private)),
            **{name: self.common[name] for name in children.SHOPIFY_APP},
        }
        lines = [f"{name}={value}\n" for name, value in published.items()]
        paths.write_private(self.data_dir / SERVERS_ENV, "".join(lines))

    def forget(self) -> None:
        """Remove the files that are valid only while the product runs."""
        forget(self.data_dir)


def make(data_dir: Path, env: Environment, environ: Mapping[str, str], commands: Mapping[str, list[str]]) -> Plan:
    """Clean up after an earlier run, check the ports and decide what to run.

    The caller holds the lock of `data_dir`. Raises `CannotEndProcess`, `BadSetting`, `BadCredentials` or `CannotServe`.
    """
    left_over_count = orphans.end_all(data_dir)
    forget(data_dir)
    _require_free_ports(env, commands)
    secrets = credentials.keep(data_dir, environ)
    servers = children.embedded_servers(data_dir, environ)
    urls = {name: servers[name].url if name in servers else environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    return Plan(
        data_dir=data_dir,
        env=env,
        commands=commands,
        servers=servers,
        secrets=secrets,
        common=children.common_environment(data_dir, environ, urls, secrets),
        is_admin_password_made=not environ.get("ADMIN_PASSWORD"),
        left_over_count=left_over_count,
    )


def forget(data_dir: Path) -> None:
    for name in (SERVERS_ENV, FILE_NAME):
        (data_dir / name).unlink(missing_ok=True)
    shutil.rmtree(paths.run_dir(data_dir), ignore_errors=True)


def _require_free_ports(env: Environment, commands: Mapping[str, list[str]]) -> None:
    wanted = {"PORT": (env.host, env.port)} if "web" in commands else {}
    if "flower" in commands:
        wanted["FLOWER_PORT"] = ("127.0.0.1", env.flower_port)
    ports.require_free(wanted)
