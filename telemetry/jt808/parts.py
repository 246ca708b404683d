"""Messages that come in parts, put together within bounds. Pure.

Parts of one message have serial numbers one after the other, so "serial less number" names it
(JT/T 808-2019, 4.4.3). A part that is sent again may come under a new serial number; it then
belongs to the message of that kind whose missing parts were asked for.
"""

import msgspec

from dispatch.errors import BadPayload
from telemetry.jt808.header import Header
from telemetry.jt808.limits import (
    ASSEMBLIES_MAX,
    ASSEMBLY_MAX_BYTES,
    ASSEMBLY_WAIT_S,
    MISSING_MAX,
    PART_REQUESTS_MAX,
    PARTS_MAX,
)

Key = tuple[bytes, int, int, int]


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose parts are all there; ``serials`` are theirs, in the order of the parts."""

    header: Header
    body: bytes
    serials: tuple[int, ...]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask for: part numbers of the message whose first part had this serial number."""

    first_serial: int
    numbers: tuple[int, ...]


class _Assembly:
    def __init__(self, header: Header, at_s: float) -> None:
        self.header = header
        self.bodies: dict[int, bytes] = {}
        self.serials: dict[int, int] = {}
        self.at_s = at_s
        self.asked = 0


class Assembler:
    """The messages that one connection, or one log, has under way."""

    def __init__(self) -> None:
        self._open: dict[Key, _Assembly] = {}
        self._held_bytes = 0

    def __len__(self) -> int:
        return len(self._open)

    def add(self, header: Header, body: bytes, at_s: float) -> Whole | None:
        """One part; the whole when it was the last one missing.

        Raises BadPayload: too_many_parts, too_many_messages, oversize. ``at_s`` is monotonic.
        """
        self.expire(at_s)
        if header.parts > PARTS_MAX:
            raise BadPayload("too_many_parts", f"{header.parts}, {PARTS_MAX} are allowed")
        key = self._key(header)
        assembly = self._open.get(key)
        if assembly is None:
            if len(self._open) >= ASSEMBLIES_MAX:
                raise BadPayload("too_many_messages", f"{ASSEMBLIES_MAX} are under way in parts")
            assembly = self._open[key] = _Assembly(header, at_s)
        if header.number not in assembly.bodies:
            self._hold(key, len(body))
            assembly.bodies[header.number] = body
            assembly.serials[header.number] = header.serial
        assembly.at_s = at_s
        if len(assembly.bodies) < header.parts:
            return None
        self._drop(key)
        order = range(1, header.parts + 1)
        return Whole(
            header=header,
            body=b"".join(assembly.bodies[number] for number in order),
            serials=tuple(assembly.serials[number] for number in order),
        )

    def missing(self, header: Header) -> Missing | None:
        """What to ask for when the last part has come and others have not; None: nothing now."""
        key = self._key(header)
        assembly = self._open.get(key)
        if assembly is None or header.number != header.parts:
            return None
        if assembly.asked >= PART_REQUESTS_MAX:
            return None
        assembly.asked += 1
        absent = (n for n in range(1, header.parts + 1) if n not in assembly.bodies)
        numbers = tuple(number for number, _ in zip(absent, range(MISSING_MAX), strict=False))
        return Missing(first_serial=key[3], numbers=numbers)

    def expire(self, at_s: float) -> int:
        """Give up what had no further part for `ASSEMBLY_WAIT_S`; how many that were."""
        old = [k for k, one in self._open.items() if at_s - one.at_s > ASSEMBLY_WAIT_S]
        for key in old:
            self._drop(key)
        return len(old)

    def _key(self, header: Header) -> Key:
        first = (header.serial - header.number + 1) & 0xFFFF
        key = (header.phone, header.message_id, header.parts, first)
        if key in self._open:
            return key
        for other, assembly in self._open.items():
            if other[:3] == key[:3] and assembly.asked and header.number not in assembly.bodies:
                return other
        return key

    def _hold(self, key: Key, size: int) -> None:
        if self._held_bytes + size > ASSEMBLY_MAX_BYTES:
            self._drop(key)
            raise BadPayload("oversize", f"parts of more than {ASSEMBLY_MAX_BYTES} bytes")
        self._held_bytes += size

    def _drop(self, key: Key) -> None:
        gone = self._open.pop(key)
        self._held_bytes -= sum(len(body) for body in gone.bodies.values())
