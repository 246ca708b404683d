"""The server's side of one JT/T 808 connection as a state machine: bytes in, steps out. Pure.

    waiting --0x0100--> registered --0x0102--> open --0x0003--> closed
       '----------------0x0102 with the code kept----^

A terminal that is not enrolled is refused, whatever it sends. One whose makers never built the
registration in is enrolled with ``must_authenticate=False`` and is open from its first frame.

Durable before answered. A step with positions carries its answer with it: whoever runs the session
stores the positions, calls `Session.stored`, and only then sends ``answer``. If storing fails it
sends nothing and drops the session with its connection; the terminal sends the report again.

Twice, and old. Serial numbers order nothing (a terminal sends what it kept while it was out of
reach whenever it likes), they only tell repetitions: the same number with the same content is
answered again and reported once; with other content it is refused as replayed, unless the terminal
is enrolled as one that does not count. `Memory` outlives the connection and knows the fixes already
stored, so that what is sent again over a new connection is stored once.

A report without a fix is answered and gives no position: its place is an old one.
"""

import hmac
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Final

import msgspec

from dispatch.errors import BadPayload
from dispatch.ids import DeviceId, UnitId
from telemetry.contract import Datum, Position
from telemetry.jt808 import answers
from telemetry.jt808.answers import Registered, Result
from telemetry.jt808.decode import Opened, open_strictly, read_message
from telemetry.jt808.frame import Framer
from telemetry.jt808.header import Header
from telemetry.jt808.limits import FIXES_REMEMBERED, REFUSALS_MAX, SERIALS_REMEMBERED
from telemetry.jt808.model import Fix
from telemetry.jt808.parts import Assembler
from telemetry.jt808.transparent import Said
from telemetry.window import Arrival

_REGISTER: Final = 0x0100
_AUTHENTICATE: Final = 0x0102
_GREETINGS: Final = (_REGISTER, _AUTHENTICATE)
_LOGOUT: Final = 0x0003
_TIME: Final = 0x0004
_MAKERS_TIME: Final = 0x0109
_SPEED_MAX_KMH: Final = 2000.0  # of contract v1
_UNANSWERED: Final = frozenset({0x0001, 0x0104, 0x0302, 0x0805, 0x1300})
"""Answers of the terminal: they are not answered in turn."""
_NOTHING_KEPT: Final = frozenset(
    {0x0700, 0x0701, 0x0705, 0x0800, 0x0801, 0x0802, 0x0900, 0x0901, 0x0A00, 0x2070, 0x8888}
)
"""Content that is not stored here: it is said to be unsupported, not received."""


class State(Enum):
    """How far a terminal has come."""

    WAITING = auto()
    REGISTERED = auto()
    OPEN = auto()
    CLOSED = auto()


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """One terminal that may speak: ``terminal_id`` as `Header.terminal_id`, and whose it is.

    ``datum``: what its coordinates really are, for terminals whose status bit lies; None believes
    the bit, and WGS-84 where a message has none. ``counts_serials``: whether its serial numbers go
    up; many small trackers send 0 for ever.
    """

    terminal_id: str
    unit_id: UnitId
    device_id: DeviceId
    code: str
    datum: Datum | None = None
    model: str = ""
    must_authenticate: bool = True
    counts_serials: bool = True


class Memory:
    """What is known of one terminal across its connections: numbers given out, fixes stored.

    ``boot_id`` names this memory's run of ``seq`` (contract v1); a new process begins a new one.
    """

    def __init__(self, boot_id: str) -> None:
        self.boot_id = boot_id
        self.next_seq = 1
        self._fixes: OrderedDict[tuple[object, ...], None] = OrderedDict()

    def knows(self, key: tuple[object, ...]) -> bool:
        """Whether this fix was stored."""
        return key in self._fixes

    def learn(self, keys: tuple[tuple[object, ...], ...]) -> None:
        """These fixes are stored now."""
        self._fixes.update(dict.fromkeys(keys))
        self.next_seq += len(keys)
        while len(self._fixes) > FIXES_REMEMBERED:
            self._fixes.popitem(last=False)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What to do next, in this order: store ``positions``, send ``answer``, close.

    ``event`` is what happened, for counters and logs: registered, authenticated, heartbeat,
    located, repeated, part, logged_out, received; ``refused`` the reason of a refusal, or "".
    """

    event: str = ""
    refused: str = ""
    positions: tuple[Position, ...] = ()
    answer: bytes = b""
    close: bool = False
    keys: tuple[tuple[object, ...], ...] = ()


class Session:
    """One connection; ``memory_of`` gives the memory of an enrolled terminal, always the same."""

    def __init__(
        self, enrolled: Mapping[str, Enrolled], memory_of: Callable[[str], Memory]
    ) -> None:
        self._enrolled = enrolled
        self._memory_of = memory_of
        self._framer = Framer()
        self._parts = Assembler()
        self._serial = 0
        self._refusals = 0
        self._seen: OrderedDict[int, int] = OrderedDict()
        self.state = State.WAITING
        self.terminal: Enrolled | None = None

    @property
    def garbage_bytes(self) -> int:
        """What came between frames."""
        return self._framer.garbage_bytes

    def receive(self, data: bytes, arrival: Arrival) -> Iterator[Step]:
        """The steps of what has come, one after the other; nothing after one that closes.

        Each step has to be done before the next is asked for.
        """
        for frame in self._framer.feed(data):
            if self.state is State.CLOSED:
                return
            step = self._take(frame, arrival)
            self._refusals = self._refusals + 1 if step.refused else 0
            if self._refusals >= REFUSALS_MAX:
                step = msgspec.structs.replace(step, close=True)
            if step.close:
                self.state = State.CLOSED
            yield step

    def stored(self, step: Step) -> None:
        """The positions of this step are durable."""
        if self.terminal is not None and step.keys:
            self._memory().learn(step.keys)

    def _take(self, frame: bytes, arrival: Arrival) -> Step:
        if frame[:1] == b"(":
            return Step(refused="sentence")  # text has no sender and asks for nothing we give
        try:
            opened = open_strictly(frame)
        except BadPayload as bad:
            return Step(refused=bad.reason)  # who sent it is not to be believed: no answer
        header = opened.header
        refusal = self._admit(header)
        if refusal is not None:
            return refusal
        try:
            return self._admitted(opened, arrival)
        except BadPayload as bad:
            return self._refuse(header, bad.reason, Result.WRONG_MESSAGE)

    def _admit(self, header: Header) -> Step | None:
        """None for a message of the terminal this line belongs to, in a state that allows it."""
        known = self._enrolled.get(header.terminal_id)
        if known is None:
            if header.message_id == _REGISTER:
                answer = answers.registered(header, self._next(), Registered.NO_TERMINAL)
                return Step(refused="not_enrolled", answer=answer)
            return self._refuse(header, "not_enrolled", Result.FAILED)
        if self.terminal is None:
            self.terminal = known
            if not known.must_authenticate:
                self.state = State.OPEN
        elif known != self.terminal:
            return self._refuse(header, "another_terminal", Result.FAILED)
        is_greeting = header.message_id in _GREETINGS
        if self.state is not State.OPEN and not is_greeting:
            return self._refuse(header, "not_authenticated", Result.FAILED)
        return None

    def _admitted(self, opened: Opened, arrival: Arrival) -> Step:
        header, body = opened.header, opened.body
        serials: tuple[int, ...] = (header.serial,)
        if header.parts > 1:
            whole = self._parts.add(header, body, arrival.now_s)
            if whole is None:
                missing = self._parts.missing(header)
                ask = b"" if missing is None else answers.resend(header, self._next(), missing)
                return Step(event="part", answer=ask)
            body, serials = whole.body, whole.serials
        digest = zlib.crc32(body, header.message_id)
        if header.parts <= 1 and self._seen.get(header.serial) == digest:
            return Step(event="repeated", answer=self._answer(header, Result.DONE, serials))
        if header.parts <= 1 and self._is_replayed(header):
            return self._refuse(header, "replayed_serial", Result.FAILED)
        said = read_message(header, body, self._own().model)
        step = self._act(header, said, serials, arrival)
        if not step.refused:
            self._note(header.serial, digest)
        return step

    def _is_replayed(self, header: Header) -> bool:
        """A known number with other content; a greeting has a proof of its own and may use any."""
        if header.message_id in _GREETINGS or not self._own().counts_serials:
            return False
        return header.serial in self._seen

    def _act(self, header: Header, said: Said, serials: tuple[int, ...], arrival: Arrival) -> Step:
        kind = header.message_id
        if kind == _REGISTER:
            return self._register(header)
        if kind == _AUTHENTICATE:
            return self._authenticate(header, said)
        if kind == _LOGOUT:
            answer = self._answer(header, Result.DONE, serials)
            return Step(event="logged_out", answer=answer, close=True)
        if kind == _TIME:
            answer = answers.time_of_day(header, self._next(), arrival.received_at)
            return Step(event="received", answer=answer)
        if kind == _MAKERS_TIME:
            answer = answers.makers_time(header, self._next(), arrival.received_at)
            return Step(event="received", answer=answer)
        if said.fixes:
            return self._locate(header, said, serials)
        if kind in _UNANSWERED:
            return Step(event="received")
        result = Result.UNSUPPORTED if kind in _NOTHING_KEPT or kind >= 0x8000 else Result.DONE
        event = "heartbeat" if kind in (0x0002, 0x0506) else "received"
        return Step(event=event, answer=self._answer(header, result, serials))

    def _register(self, header: Header) -> Step:
        if self.state is State.WAITING:
            self.state = State.REGISTERED
        answer = answers.registered(header, self._next(), Registered.DONE, self._own().code)
        return Step(event="registered", answer=answer)

    def _authenticate(self, header: Header, said: Said) -> Step:
        code = str(said.fields.get("code", ""))
        if not code or not hmac.compare_digest(code.encode(), self._own().code.encode()):
            return self._refuse(header, "wrong_code", Result.FAILED)
        self.state = State.OPEN
        answer = answers.general(header, self._next(), Result.DONE)
        return Step(event="authenticated", answer=answer)

    def _locate(self, header: Header, said: Said, serials: tuple[int, ...]) -> Step:
        memory = self._memory()
        positions: list[Position] = []
        keys: list[tuple[object, ...]] = []
        for fix in said.fixes:
            key = (fix.time, fix.lon, fix.lat, fix.speed_kmh)
            if key in keys or memory.knows(key):
                continue
            position = self._position(fix, memory.boot_id, memory.next_seq + len(positions))
            if position is not None:
                positions.append(position)
                keys.append(key)
        return Step(
            event="located" if positions else "received",
            positions=tuple(positions),
            keys=tuple(keys),
            answer=self._answer(header, Result.DONE, serials),
        )

    def _position(self, fix: Fix, boot_id: str, seq: int) -> Position | None:
        """The fix as contract v1 has it; None without a place or a time of its own."""
        if not fix.valid or fix.time is None or fix.lon is None or fix.lat is None:
            return None
        return Position(
            v=1,
            boot_id=boot_id,
            seq=seq,
            observed_at=datetime.fromisoformat(fix.time),
            lon=fix.lon,
            lat=fix.lat,
            datum=self._own().datum or fix.datum or "WGS84",
            speed_kmh=_within(fix.speed_kmh, _SPEED_MAX_KMH),
            heading_deg=_within(fix.heading_deg, 360.0),
        )

    def _answer(self, header: Header, result: Result, serials: tuple[int, ...]) -> bytes:
        if header.message_id in (0x5501, 0x5502):
            return answers.lock_general(header) if answers.wants_lock_answer(header) else b""
        return b"".join(answers.general(header, self._next(), result, one) for one in serials)

    def _refuse(self, header: Header, reason: str, result: Result) -> Step:
        return Step(refused=reason, answer=answers.general(header, self._next(), result))

    def _note(self, serial: int, digest: int) -> None:
        self._seen[serial] = digest
        self._seen.move_to_end(serial)
        while len(self._seen) > SERIALS_REMEMBERED:
            self._seen.popitem(last=False)

    def _memory(self) -> Memory:
        return self._memory_of(self._own().terminal_id)

    def _own(self) -> Enrolled:
        if self.terminal is None:
            raise RuntimeError("nobody was admitted")  # a bug: `_admit` comes first
        return self.terminal

    def _next(self) -> int:
        self._serial = (self._serial + 1) & 0xFFFF
        return self._serial


def _within(value: float | None, highest: float) -> float | None:
    return None if value is None or value > highest else value
