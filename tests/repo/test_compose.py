"""docker-compose.yml is valid, runs what Procfile runs, and opens no port or account by accident."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from runtime import environment
from tests.repo.schemas import ROOT, assert_valid

SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "ADMIN_PASSWORD", "FLOWER_PASSWORD")
FILES = ["docker-compose.yml", "deploy/compose.https.yml", "deploy/compose.proxied.yml"]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of docker-compose.yml, anchors resolved, variables not yet."""
    services: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
    return services


def procfile() -> dict[str, str]:
    """Name and command of each process of Procfile."""
    lines = [line for line in (ROOT / "Procfile").read_text().splitlines() if line and not line.startswith("#")]
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def interpolate(text: str, values: dict[str, str]) -> str:
    """Compose's own `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, as used in docker-compose.yml."""

    def value(match: re.Match[str]) -> str:
        name, operator, rest = match.groups()
        if values.get(name):
            return values[name]
        if operator != ":-":
            raise KeyError(name)
        return rest

    return re.sub(r"\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}", value, text)


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_valid_by_the_compose_specification(name: str) -> None:
    assert_valid("vendor.compose-spec", name)


def test_every_process_of_procfile_runs_with_the_same_command(services: dict[str, Any]) -> None:
    processes = procfile()
    assert set(processes) <= set(services)
    for name, command in processes.items():
        assert shlex.split(services[name]["command"]) == shlex.split(command), name


def test_every_process_gets_its_name(services: dict[str, Any]) -> None:
    for name in procfile():
        assert services[name]["environment"]["INVOICEDASH_PROCESS"] == name
    assert "INVOICEDASH_PROCESS" not in services["migrate"]["environment"]


def test_only_nginx_and_flower_are_published_and_both_on_loopback(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"nginx", "flower"}
    for ports in published.values():
        assert all(interpolate(port, {}).startswith("127.0.0.1:") for port in ports)


def test_postgresql_and_redis_are_out_of_reach_of_the_outside_network(services: dict[str, Any]) -> None:
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["back"]
    assert services["nginx"]["networks"] == ["front"]


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_without_its_secret(secret: str) -> None:
    text = "\n".join(
        line for line in (ROOT / "docker-compose.yml").read_text().splitlines() if not line.lstrip().startswith("#")
    )
    others = {name: "x" for name in SECRETS if name != secret}
    with pytest.raises(KeyError, match=secret):
        interpolate(text, others)


def test_the_example_names_every_secret_and_gives_none() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    for secret in SECRETS:
        assert f"{secret}=" in lines


@pytest.mark.parametrize("name", ["web", "worker", "jobs", "beat", "pacer", "loops", "flower", "migrate"])
def test_the_environment_of_each_process_is_accepted(services: dict[str, Any], name: str, tmp_path: Path) -> None:
    values = dict.fromkeys(SECRETS, "5ec2e7")
    environ = {key: interpolate(str(value), values) for key, value in services[name]["environment"].items()}
    read = environment.read(environ | {"INVOICEDASH_DATA_DIR": str(tmp_path)})
    assert read.database_url == "postgresql://invoicedash:5ec2e7@postgres:5432/invoicedash"
    assert read.redis_url == "redis://:5ec2e7@redis:6379/0"
    assert not read.open


def test_everything_but_the_migration_is_restarted_and_bounded(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert "mem_limit" in service, name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name
        assert ("healthcheck" in service) is (name != "migrate"), name


def test_djangos_deployment_check_finds_nothing_behind_tls(services: dict[str, Any]) -> None:
    values = dict.fromkeys(SECRETS, secrets.token_hex(32)) | {"INVOICEDASH_HTTPS": "1"}
    environ = {key: interpolate(str(value), values) for key, value in services["web"]["environment"].items()}
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environ | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
