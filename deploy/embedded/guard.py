"""Runs a service so that it never runs as root and never outlives the process that started it.

    python -I -S guard.py PARENT_PID DEATH_SIGNAL MODE UID GID -- PROGRAM ARG...

This file is executed, never imported: it becomes PROGRAM by exec, which is why nothing of it
stays in memory. MODE is `same` (keep the user), `drop` (become UID:GID) or `namespace` (stay the
owner of one's files but lose every privilege of root, in a user namespace of one user).

The order matters: the kernel forgets the parent-death signal whenever a process changes its user,
so it is asked for last; and a parent that died before that is noticed by its changed pid.

Not here: log files, waiting and stopping (process.py).
"""

import ctypes
import os
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_USER_INSIDE = 1000  # any number but 0: the programs refuse to run as 0
_EXIT_CANNOT_START = 126


def _checked(result: int, what: str) -> None:
    """Raise OSError with the C library's errno when a call failed."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _enter_namespace(libc: ctypes.CDLL) -> None:
    user_id, group_id = os.geteuid(), os.getegid()
    _checked(libc.unshare(_CLONE_NEWUSER), "unshare(CLONE_NEWUSER)")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_USER_INSIDE} {user_id} 1\n")
    Path("/proc/self/gid_map").write_text(f"{_USER_INSIDE} {group_id} 1\n")


def _become(libc: ctypes.CDLL, mode: str, user_id: int, group_id: int) -> None:
    if mode == "same":
        return
    os.setgroups([])
    if mode == "namespace":
        _enter_namespace(libc)
        return
    os.setresgid(group_id, group_id, group_id)
    os.setresuid(user_id, user_id, user_id)


def main(argv: list[str]) -> None:
    """Change user, tie the life to the parent's and become the program; exits 126 if it cannot."""
    parent_pid, death_signal, mode, user_id, group_id, _dashes, *program = argv
    libc = ctypes.CDLL(None, use_errno=True)
    os.umask(0o077)
    try:
        _become(libc, mode, int(user_id), int(group_id))
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(NO_NEW_PRIVS)")
        _checked(libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0), "prctl(PDEATHSIG)")
        if os.getppid() != int(parent_pid):
            sys.exit(0)  # the parent is gone already: nothing is wanted any more
        os.execv(program[0], program)  # noqa: S606 - that is its purpose
    except OSError as error:
        sys.stderr.write(f"cannot start {program[0]}: {error}\n")
        sys.exit(_EXIT_CANNOT_START)


if __name__ == "__main__":
    main(sys.argv[1:])
