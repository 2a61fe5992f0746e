"""`python -m tests.audit_dependencies`: asks the vulnerability database of PyPI about every locked package, by pip-audit.

Exit 1 on a finding. A package that the index does not answer for was not audited, and that is never taken for a pass:
exit 1 too, unless `--where-reachable` is given, which says so and goes on when it answers for none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

LOCK = "requirements-dev.lock"
# Whose known vulnerabilities do not concern us: identifier and reason.
ACCEPTED: dict[str, str] = {}
SECONDS = 300


def main(arguments: list[str]) -> int:
    audited, findings, missing = _sort(_ask())
    for finding in findings:
        print(f"VULNERABLE {finding}")
    if findings:
        return 1
    if not missing:
        print(f"{audited} packages audited, 0 known vulnerabilities")
        return 0
    print(f"NOT AUDITED: the index does not answer for {len(missing)} of {audited + len(missing)} packages.")
    if audited == 0 and "--where-reachable" in arguments:
        print("No vulnerability database can be reached from here; `make audit-deps` where one can be.")
        return 0
    return 1


def _ask() -> list[Mapping[str, Any]]:
    """What pip-audit says of each package of the lock; nothing when it cannot ask at all."""
    command = ["pip-audit", "--requirement", LOCK, "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    try:
        done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, timeout=SECONDS)
        return list(json.loads(done.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return _unanswered()


def _unanswered() -> list[Mapping[str, Any]]:
    """Every package of the lock, as one without an answer."""
    with open(LOCK) as lines:
        return [{"name": line.split("==")[0], "skip_reason": "no answer"} for line in lines if "==" in line]


def _sort(packages: list[Mapping[str, Any]]) -> tuple[int, list[str], list[str]]:
    """How many were answered for, what was found, and who was not answered for."""
    missing = [str(each["name"]) for each in packages if "skip_reason" in each]
    findings = [
        f"{each['name']} {each['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'nothing yet'}"
        for each in packages
        for found in each.get("vulns", [])
        if found["id"] not in ACCEPTED
    ]
    return len(packages) - len(missing), findings, missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
