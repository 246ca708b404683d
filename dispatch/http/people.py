"""The people of a new installation: one login a seat, with passwords made on this machine.

Written once to `logins.txt` (0600) in the data folder and printed by `greenlane run`; there are no
default passwords. A real county replaces them; the file can then be deleted.
"""

import os
import secrets
from pathlib import Path

import msgspec

from dispatch.domain.config import CountyConfig
from dispatch.http.auth import AuthStore, NewUser

DISPATCHERS = (("seat1", "陈晓芳"), ("seat2", "李文斌"))
LOGINS_FILE = "logins.json"
LOGINS_TEXT = "logins.txt"
NURSES = ("李春梅", "周雪莲", "彭秀娟", "邓立红", "曾小燕", "唐建国", "何静怡", "胡军")
CREW_LEADS = ("孙强", "马军", "黄云峰", "刘涛", "杨琴", "吴海", "徐明", "郭亮", "罗兵", "谢勇",
              "韩磊", "唐飞", "冯刚", "董伟")  # fmt: skip


async def ensure_people(auth: AuthStore, config: CountyConfig, folder: Path) -> None:
    """Make the first logins when nobody can sign in yet."""
    if await auth.has_people():
        return
    people = _first_people(config)
    _write(folder, people)
    await auth.add(people)


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(3))


def _first_people(config: CountyConfig) -> list[NewUser]:
    people = [
        NewUser(login=login, name=name, role="dispatcher", password=_password())
        for login, name in DISPATCHERS
    ]
    people.append(NewUser(login="admin", name="赵敏", role="admin", password=_password()))
    for number, unit in enumerate(config.units):
        people.append(
            NewUser(
                login=unit.unit_id.lower(),
                name=CREW_LEADS[number % len(CREW_LEADS)],
                role="crew",
                password=_password(),
                unit_id=unit.unit_id,
            )
        )
    for number, facility in enumerate(config.facilities):
        people.append(
            NewUser(
                login=facility.facility_id.lower(),
                name=NURSES[number % len(NURSES)],
                role="hospital",
                password=_password(),
                facility_id=facility.facility_id,
            )
        )
    return people


def _write(folder: Path, people: list[NewUser]) -> None:
    by_role: dict[str, object] = {"dispatcher": [], "admin": [], "crew": {}, "hospital": {}}
    lines = ["Logins of this installation. Change them before real use, then delete this file.", ""]
    for person in people:
        entry = {"login": person.login, "password": person.password, "name": person.name}
        scope = person.unit_id or person.facility_id
        group = by_role[person.role]
        if isinstance(group, list):
            group.append(entry)
        elif isinstance(group, dict) and scope is not None:
            group[scope] = entry
        lines.append(f"{person.role:<11} {person.login:<6} {person.password:<16} {person.name}")
    _private(folder / LOGINS_FILE, msgspec.json.format(msgspec.json.encode(by_role)).decode())
    _private(folder / LOGINS_TEXT, "\n".join(lines) + "\n")


def _private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
