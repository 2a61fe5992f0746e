"""Checks every locked package with pip-audit for known vulnerabilities: `python -m tests.audit_dependencies`.

The exit code is 1 for a vulnerability, and for a package that the vulnerability database does not answer for: such a
package was not audited. With `--where-reachable`, a database that answers for no package at all (offline) is reported
and accepted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

LOCK = "requirements-dev.lock"
# Vulnerabilities that do not concern this product: identifier and reason.
ACCEPTED: dict[str, str] = {}
TIMEOUT_SECONDS = 300


def main(arguments: list[str]) -> int:
    """Print the result of the audit; returns the exit code."""
    audited_count, findings, unaudited = _evaluate(_run_pip_audit())
    for finding in findings:
        print(f"VULNERABLE {finding}")
    if findings:
        return 1
    if not unaudited:
        print(f"{audited_count} packages audited, 0 known vulnerabilities")
        return 0
    print(f"NOT AUDITED: the index does not answer for {len(unaudited)} of {audited_count + len(unaudited)} packages.")
    if audited_count == 0 and "--where-reachable" in arguments:
        print("No vulnerability database can be reached from here; `make audit-deps` where one can be.")
        return 0
    return 1


def _run_pip_audit() -> list[Mapping[str, Any]]:
    """pip-audit's result for each package: `name`, and `version` with `vulns`, or else `skip_reason`.

    Every package is skipped when pip-audit does not end in time or prints no result.
    """
    command = ["pip-audit", "--requirement", LOCK, "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    try:
        done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
        return list(json.loads(done.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return _all_skipped()


def _all_skipped() -> list[Mapping[str, Any]]:
    """Every package of the lock, as a package that was not audited."""
    with open(LOCK) as lines:
        return [{"name": line.split("==")[0], "skip_reason": "no answer"} for line in lines if "==" in line]


def _evaluate(packages: list[Mapping[str, Any]]) -> tuple[int, list[str], list[str]]:
    """The number of audited packages, a line per vulnerability, and the names of packages that were not audited."""
    unaudited = [str(package["name"]) for package in packages if "skip_reason" in package]
    findings = [
        f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {_fixed_in(vulnerability)}"
        for package in packages
        for vulnerability in package.get("vulns", [])
        if vulnerability["id"] not in ACCEPTED
    ]
    return len(packages) - len(unaudited), findings, unaudited


def _fixed_in(vulnerability: Mapping[str, Any]) -> str:
    return ", ".join(vulnerability["fix_versions"]) or "nothing yet"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
