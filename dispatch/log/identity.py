"""The identity store: who and where, encrypted, outside the log, held in memory while needed.

A row is one subject (a person or a place) as JSON under AES-256-GCM with the subject id as
associated data, so that rows cannot be swapped. Commands bring identities; the recorder writes them
in the same transaction as the events that name them. Erasing a row leaves history intact.
"""

import base64
import binascii
import os
from collections.abc import Iterable, Mapping

import asyncpg
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dispatch.domain import commands as c
from dispatch.domain.deciding.registry import subject
from dispatch.domain.rendering.people import Identity
from dispatch.domain.world import World
from dispatch.errors import Unavailable
from dispatch.ids import SubjectId
from dispatch.log.database import fetch

NONCE_BYTES = 12


def identities_of(command: c.Command) -> dict[SubjectId, Identity]:
    """The personal data a command brings, under the subject ids its events will use."""
    found: dict[SubjectId, Identity] = {}
    caller = getattr(command, "caller", None)
    if isinstance(caller, c.Person) and (caller.name or caller.phone):
        found[subject(command, "caller")] = _person(caller)
    place = getattr(command, "place", None)
    if isinstance(place, c.Place):
        found[subject(command, "place")] = Identity(
            address=place.address, landmark=place.landmark, note=getattr(command, "note", "")
        )
    patients = getattr(command, "patients", None) or ()
    one = getattr(command, "patient", None)
    for number, patient in enumerate((*patients, *([one] if one is not None else []))):
        found[subject(command, f"patient:{number}")] = _person(patient.person)
    person = getattr(command, "person", None)
    if isinstance(person, c.Person):
        found[subject(command, "patient:0")] = _person(person)
    return found


def _person(person: c.Person) -> Identity:
    return Identity(name=person.name, phone=person.phone, id_number=person.id_number)


class IdentityStore:
    """Encrypts, decrypts and keeps the identities that the present world names."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the identity key must have 32 bytes")
        self._cipher = AESGCM(key)
        self.people: dict[SubjectId, Identity] = {}

    def seal(self, identities: Mapping[SubjectId, Identity]) -> list[dict[str, str]]:
        """Rows for the append: subject id and base64 of nonce and ciphertext."""
        return [
            {"subject_id": key, "body": base64.b64encode(self._encrypt(key, value)).decode()}
            for key, value in identities.items()
        ]

    def _encrypt(self, key: SubjectId, value: Identity) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, msgspec.json.encode(value), key.encode())

    def _decrypt(self, key: SubjectId, body: bytes) -> Identity:
        try:
            plain = self._cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], key.encode())
        except InvalidTag as error:
            raise Unavailable(
                "identity store", f"{key} cannot be decrypted: is this the right identity key?"
            ) from error
        return msgspec.json.decode(plain, type=Identity)

    async def load(self, pool: asyncpg.Pool, wanted: Iterable[SubjectId]) -> None:
        """Bring the missing ones of ``wanted`` into memory; erased ones become empty."""
        missing = [key for key in set(wanted) if key not in self.people]
        if not missing:
            return
        query = "SELECT subject_id, body FROM identity WHERE subject_id = ANY($1)"
        rows = await fetch(pool, "identities", query, missing)
        for key in missing:
            self.people[key] = Identity()
        for row in rows:
            key = SubjectId(row["subject_id"])
            self.people[key] = self._decrypt(key, row["body"])

    def keep_only(self, world: World) -> None:
        """Forget the identities that the world no longer names."""
        named = set(subjects_of(world))
        for key in [key for key in self.people if key not in named]:
            del self.people[key]


def subjects_of(world: World) -> Iterable[SubjectId]:
    """Every subject id that a world names."""
    for call in world.calls.values():
        yield call.caller_id
    for incident in world.incidents.values():
        yield incident.place_id
        if incident.caller_id is not None:
            yield incident.caller_id
    for patient in world.patients.values():
        yield patient.person_id


def key_from_text(text: str) -> bytes:
    """The identity key from its base64 form; raises ``ValueError`` naming what is wrong."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise ValueError("the identity key is not base64") from error
    if len(key) != 32:
        raise ValueError(f"the identity key has {len(key)} bytes, it must have 32")
    return key
