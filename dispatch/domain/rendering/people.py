"""Names, numbers and addresses as screens may show them: from the identity store, mostly masked."""

from collections.abc import Mapping

import msgspec

from dispatch.domain.documents import CallerView
from dispatch.ids import SubjectId


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What the identity store holds under one subject id: a person or a place."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    landmark: str = ""
    note: str = ""


People = Mapping[SubjectId, Identity]
NOBODY = Identity()


def identity(people: People, subject_id: SubjectId | None) -> Identity:
    """The identity of a subject; empty when unknown or erased."""
    return NOBODY if subject_id is None else people.get(subject_id, NOBODY)


def masked_name(name: str) -> str:
    """Keep first and last character: 王建国 → 王*国, 李梅 → 李*."""
    name = name.strip()
    if len(name) <= 1:
        return name
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}*{name[-1]}"


def masked_phone(phone: str) -> str:
    """Keep the first three and last four digits: 13912342207 → 139****2207."""
    return phone if len(phone) < 8 else f"{phone[:3]}****{phone[-4:]}"


def caller(people: People, subject_id: SubjectId | None, is_masked: bool) -> CallerView:
    """The caller for a console (masked) or for the crew that drives there."""
    who = identity(people, subject_id)
    if is_masked:
        return CallerView(name=masked_name(who.name), phone=masked_phone(who.phone))
    return CallerView(name=who.name, phone=who.phone)
