"""Starts a command as the leader of a new session that dies with its parent, by exec: nothing of it stays in memory.

It runs as a script in a separate interpreter, so that no code of the supervisor runs between fork and exec. `wrap`
builds the command line. The identity says as which user the command runs: `same`; `mapped`, in a user namespace in
which root appears as the unprivileged user 65534; or that user itself, with the capability to enter closed directories.
PostgreSQL refuses to run as root. Both identities let it work in root's closed directories without opening them to
others or adding a user.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

IDENTITIES = ("same", "mapped", "nobody")
NOBODY = 65534
CANNOT_LAUNCH = 126

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1


def wrap(command: Sequence[str], *, death_signal: signal.Signals = signal.SIGTERM, identity: str = "same") -> list[str]:
    """Return the command line that runs `command` in a new session and sends it `death_signal` when this process dies."""
    options = [str(os.getpid()), str(int(death_signal)), identity]
    return [sys.executable, "-I", "-S", __file__, *options, *command]


def main(parent: int, death_signal: int, identity: str, command: list[str]) -> None:
    os.setsid()
    _forget_inherited_signals()
    if identity == "mapped":
        _enter_user_namespace()
    elif identity == "nobody":
        _drop_root()
    # After the change of identity, which clears the death signal.
    die_with_parent(death_signal)
    if os.getppid() != parent:
        raise OSError("the supervisor has ended")
    os.execvp(command[0], command)


def die_with_parent(death_signal: int) -> None:
    """Make the kernel send `death_signal` when the parent dies; only Linux supports this."""
    if sys.platform == "linux":
        _libc("prctl", _PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def _forget_inherited_signals() -> None:
    """Restore the default signal handling: the command would inherit the signals that this interpreter or a background
    shell ignores.
    """
    for name in ("SIGPIPE", "SIGXFSZ", "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _enter_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    _libc("unshare", _CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _drop_root() -> None:
    """Drop root but keep one capability, which survives exec as an ambient one (Linux 4.3, capabilities(7))."""
    _libc("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    wanted = 1 << _CAP_DAC_OVERRIDE
    sets = (ctypes.c_uint32 * 6)(wanted, wanted, wanted, 0, 0, 0)
    _libc("capset", header, sets)
    _libc("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def _libc(function: str, *arguments: object) -> None:
    """Call a C function that returns -1 and sets errno when it fails."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, function)(*arguments) == -1:
        code = ctypes.get_errno()
        raise OSError(code, f"{function}: {os.strerror(code)}")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    except OSError as error:
        print(f"cannot run {sys.argv[4]}: {error}", file=sys.stderr)
        sys.exit(CANNOT_LAUNCH)
