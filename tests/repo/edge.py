"""Runs the nginx of the deployment on this machine: the same files with other addresses."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.repo.certificate import make_certificate
from tests.repo.schemas import ROOT
from tests.stack import free_port
from tests.waiting import HANG_SECONDS, wait_for

CONFIGURATION = ROOT / "deploy" / "nginx"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def require_nginx() -> str:
    """The path of nginx; without one the test fails under CI and is reported as skipped elsewhere."""
    if NGINX:
        return NGINX
    if os.environ.get("CI") == "true":
        pytest.fail("nginx not installed; .ci/run installs it as root (Debian: nginx-light)")
    pytest.skip("nginx not installed")


class Edge:
    """An nginx on free loopback ports in front of `upstream_port`, by the configuration file `name`.

    Several ports are processes that share the work, as nginx finds them by the name of the service in Compose.
    `shorten` replaces texts of the limits, for tests that would otherwise wait for a long one.
    """

    def __init__(
        self,
        directory: Path,
        upstream_port: int | list[int],
        *,
        name: str = "nginx.conf",
        shorten: dict[str, str] | None = None,
    ) -> None:
        self.port, self.tls_port = free_port(), free_port()
        self._directory = directory
        self._configuration = copy_configuration(directory)
        self._main = self._configuration / name
        self._replace(name, {"listen 8080": f"listen 127.0.0.1:{self.port}"})
        if name == "nginx-https.conf":
            self._replace(name, {"listen 8443": f"listen 127.0.0.1:{self.tls_port}"})
        (self._configuration / "upstream.conf").write_text(_upstream(upstream_port))
        self._replace("limits.conf", {"access_log /dev/stdout requests": "access_log access.log requests"})
        self._replace("limits.conf", shorten or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the server for visitors, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """The access log so far."""
        return (self._directory / "access.log").read_text()

    def __enter__(self) -> Edge:
        self._process = subprocess.Popen(nginx_command(self._main, self._directory))
        wait_for(self._accepts, "nginx to accept connections")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=HANG_SECONDS)

    def _accepts(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"nginx ended with {self._process.returncode}; its reason is above")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _replace(self, name: str, texts: dict[str, str]) -> None:
        path = self._configuration / name
        text = path.read_text()
        for old, new in texts.items():
            assert old in text, f"{name} no longer says {old!r}"
            text = text.replace(old, new)
        path.write_text(text)


def _upstream(ports: int | list[int]) -> str:
    if isinstance(ports, int):
        return f'map "" $web {{ default 127.0.0.1:{ports}; }}\n'
    # Names are resolved again for each request, so that an earlier failure has no effect.
    servers = " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)
    return f'upstream processes {{ {servers} }}\nmap "" $web {{ default processes; }}\n'


def copy_configuration(directory: Path) -> Path:
    """The configuration of the deployment, copied below `directory`, with a certificate for localhost."""
    copy = directory / "configuration"
    shutil.copytree(CONFIGURATION, copy, ignore=shutil.ignore_patterns("*.pem"))
    make_certificate(copy / "tls")
    return copy


def nginx_command(configuration: Path, prefix: Path, *options: str) -> list[str]:
    """The command line of nginx with all its own files under `prefix`."""
    as_user = "user root; " if os.geteuid() == 0 else ""
    globals_ = f"{as_user}daemon off; master_process on;"
    return [
        require_nginx(),
        *options,
        "-e",
        "stderr",
        "-p",
        f"{prefix}/",
        "-c",
        str(configuration),
        "-g",
        globals_,
    ]
