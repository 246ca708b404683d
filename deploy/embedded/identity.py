"""Whose rights an embedded service runs with: never root's.

An ordinary user keeps his own. Root hands the service to an existing unprivileged account, or,
where that account cannot reach the program or its folder (a venv or data below a 0700 folder), runs
it in a user namespace without privileges. No account is created, no folder is opened to others.

Not here: the change of user itself (guard.py, in the child).
"""

import os
import pwd
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from dispatch.errors import Unavailable

_TRAVERSE, _READ = 0o1, 0o4


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """How a service's user differs from ours; ``user_id`` owns the service's files."""

    mode: Literal["same", "drop", "namespace"]
    user_id: int
    group_id: int


def settle(
    service: str, folder: Path, needed: Sequence[Path], accounts: Sequence[str]
) -> tuple[Path, Identity]:
    """Make ``folder`` (absolute, links resolved) the service's own; returns it and its owner.

    Raises Unavailable with a sentence for the administrator.
    """
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    identity = choose(service, (*needed, folder.parent), accounts)
    own(folder, identity)
    return folder, identity


def choose(service: str, paths: Sequence[Path], accounts: Sequence[str]) -> Identity:
    """The weakest identity that can reach ``paths`` (programs, libraries, the data's parent).

    ``accounts`` are tried in order by root; raises Unavailable naming the folder in the way when
    root can hand the service to nobody.
    """
    if os.geteuid() != 0:
        return Identity(mode="same", user_id=os.geteuid(), group_id=os.getegid())
    for account in _existing(accounts):
        if _obstacle(paths, account) is None:
            return account
    # Without its privileges root is the plain owner of its files: 0700 folders of root open.
    fallback = Identity(mode="namespace", user_id=0, group_id=os.getegid())
    obstacle = _obstacle(paths, fallback)
    if obstacle is None:
        return fallback
    raise Unavailable(service, f"no unprivileged user can reach {obstacle}; run as its owner")


def own(folder: Path, identity: Identity) -> None:
    """Make ``folder`` and all below it belong to ``identity``; links are not followed."""
    if folder.lstat().st_uid == identity.user_id:
        return
    if os.geteuid() != 0:
        raise Unavailable("folder", f"{folder} belongs to user {folder.lstat().st_uid}")
    for path in _contents_first(folder):
        os.chown(path, identity.user_id, identity.group_id, follow_symlinks=False)


def _contents_first(folder: Path) -> Iterator[Path]:
    """Depth first, the folder itself last: an interrupted change is seen and done again."""
    for root, folders, files in os.walk(folder, topdown=False):
        yield from (Path(root) / name for name in (*files, *folders))
    yield folder


def _existing(accounts: Sequence[str]) -> Iterator[Identity]:
    for name in accounts:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        yield Identity(mode="drop", user_id=entry.pw_uid, group_id=entry.pw_gid)


def _obstacle(paths: Sequence[Path], identity: Identity) -> Path | None:
    """The first file or folder on the way that ``identity`` may not use."""
    for path in paths:
        real = path.resolve()
        for folder in reversed(real.parents):
            if not _allows(folder, identity, _TRAVERSE):
                return folder
        if not _allows(real, identity, _READ):
            return real
    return None


def _allows(path: Path, identity: Identity, wanted: int) -> bool:
    facts = path.stat()
    bits = stat.S_IMODE(facts.st_mode)
    if facts.st_uid == identity.user_id:
        return bool(bits >> 6 & wanted)
    if facts.st_gid == identity.group_id:
        return bool(bits >> 3 & wanted)
    return bool(bits & wanted)
