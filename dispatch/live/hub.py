"""Who is connected, what each audience holds, and who must be told what.

For each audience with a connection the hub keeps every document it may see, rendered and encoded
once; a fold re-renders only what it touched, and only what differs goes to the outboxes. Access is
`views.render` and nothing else.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from dispatch.domain import documents as d
from dispatch.domain import events as e
from dispatch.domain.commands import Actor
from dispatch.domain.rendering.people import People
from dispatch.domain.views import Audience, Key, all_keys, render, sees_feed, touched_keys
from dispatch.domain.world import Touched, World
from dispatch.errors import Unavailable
from dispatch.limits import SOCKETS_MAX, WAVES_KEPT_S
from dispatch.live.outbox import Outbox
from dispatch.live.plane import LivePlane
from dispatch.live.waves import Waves, encoded
from dispatch.log.follower import Follower
from telemetry.contract import Channel
from telemetry.ports import Live, LiveWaveform

LIVE_KINDS = ("position", "vitals", "eta")
_encode = msgspec.json.Encoder().encode


def key_of(document: d.Doc) -> Key:
    """(kind, id) of a document."""
    return (str(document.__struct_config__.tag), document.id)


class Connection(msgspec.Struct, kw_only=True, eq=False):
    """One open socket: who looks, at what, and the outbox to it."""

    actor: Actor
    audience: Audience
    session: bytes
    outbox: Outbox


class Hub:
    """The audiences of this process."""

    def __init__(
        self,
        follower: Follower,
        plane: LivePlane,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._follower = follower
        self._plane = plane
        self._clock = clock
        self._connections: set[Connection] = set()
        self._waves = Waves()
        self._watchers: dict[str, set[Connection]] = {}
        self.held: dict[Audience, dict[Key, bytes]] = {}
        follower.listen(self._on_fold)

    @property
    def seq(self) -> int:
        """The last event every document here includes."""
        return self._follower.world.seq

    @property
    def _people(self) -> People:
        return self._follower.identities.people

    def connections(self) -> frozenset[Connection]:
        """The open connections."""
        return frozenset(self._connections)

    def join(
        self, actor: Actor, audience: Audience, session: bytes
    ) -> tuple[Connection, list[bytes]]:
        """Open a connection: from now on its outbox gets changes; returns the snapshot."""
        if len(self._connections) >= SOCKETS_MAX:
            raise Unavailable("server", "too many screens are connected")
        if audience not in self.held:
            self.held[audience] = self.everything(audience)
        connection = Connection(actor=actor, audience=audience, session=session, outbox=Outbox())
        self._connections.add(connection)
        return connection, list(self.held[audience].values())

    def leave(self, connection: Connection) -> None:
        """Forget a connection, and its audience's documents with the last one."""
        self._connections.discard(connection)
        for unit_id in connection.outbox.waves.watched:
            self._unwatch(connection, unit_id)
        if all(other.audience != connection.audience for other in self._connections):
            self.held.pop(connection.audience, None)

    def sign_out(self, session: bytes) -> None:
        """Close the sockets of a session that ended."""
        for connection in self._connections:
            if connection.session == session:
                connection.outbox.close("signed_out")

    def everything(self, audience: Audience) -> dict[Key, bytes]:
        """All documents of an audience, rendered afresh."""
        world = self._follower.world
        found: dict[Key, bytes] = {}
        for key in all_keys(world):
            document = render(world, self._people, audience, key)
            if document is not None:
                found[key] = _encode(document)
        for unit_id in world.units:
            for document in self._plane.documents(world, audience, unit_id):
                found[key_of(document)] = _encode(document)
        return found

    def on_live(self, live: Live) -> None:
        """Take a live value and tell those who may see it."""
        world = self._follower.world
        if isinstance(live, LiveWaveform):
            self._tell_wave(world, live)
            return
        self._plane.take(world, live, self._clock())
        self._tell_live(world, live.unit_id)

    def watch(self, connection: Connection, unit_id: str, channels: frozenset[Channel]) -> bool:
        """Send these channels of a unit from now on, the last seconds first; False: too many.

        A unit whose feed this viewer may not see sends nothing, as one that has no monitor.
        """
        if not connection.outbox.waves.watch(unit_id, channels):
            return False
        self._unwatch(connection, unit_id)
        if not channels:
            return True
        self._watchers.setdefault(unit_id, set()).add(connection)
        world, since = self._follower.world, self._clock() - timedelta(seconds=WAVES_KEPT_S)
        for block in self._waves.recent(unit_id, sorted(channels), since):
            if sees_feed(world, connection.audience, unit_id, block.patient_id):
                connection.outbox.wave(block, encoded(block))
        return True

    def _tell_wave(self, world: World, block: LiveWaveform) -> None:
        if block.unit_id not in world.units:
            return
        self._waves.put(block)
        ready: bytes | None = None
        for connection in self._watchers.get(block.unit_id, ()):
            is_wanted = connection.outbox.waves.wants(block)
            if is_wanted and sees_feed(world, connection.audience, block.unit_id, block.patient_id):
                ready = ready or encoded(block)
                connection.outbox.wave(block, ready)

    def _unwatch(self, connection: Connection, unit_id: str) -> None:
        watchers = self._watchers.get(unit_id, set())
        watchers.discard(connection)
        if not watchers:
            self._watchers.pop(unit_id, None)

    def _tell_live(self, world: World, unit_id: str) -> None:
        for audience, held in self.held.items():
            for document in self._plane.documents(world, audience, unit_id):
                self._offer(audience, held, key_of(document), _encode(document))

    def _on_fold(self, world: World, touched: Touched, events: Sequence[e.Envelope]) -> None:
        now = self._clock()
        moved = self._moved(world, touched)
        for unit_id in moved:
            self._plane.refresh_eta(world, unit_id, now)
        keys = touched_keys(world, touched)
        for audience, held in self.held.items():
            self._redraw(world, audience, held, keys)
            self._redraw_live(world, audience, held, moved)

    def _moved(self, world: World, touched: Touched) -> set[str]:
        """The units whose ETA, or whose live values' audience, a fold may have changed."""
        moved = {key for table, key in touched if table == "units"}
        moved |= {
            world.assignments[key].unit_id  # type: ignore[index]
            for table, key in touched
            if table == "assignments" and key in world.assignments
        }
        moved |= {
            unit_id
            for table, key in touched
            if table == "patients" and key in world.patients
            for unit_id in [world.patients[key].unit_id]  # type: ignore[index]
            if unit_id is not None
        }
        under_way = set(self._plane.etas)
        if any(table == "closures" for table, _ in touched):
            return moved | under_way
        if any(table == "incidents" for table, _ in touched):
            moved |= {unit for unit in under_way if self._plane.is_aim_old(world, unit)}
        return moved

    def _redraw(
        self, world: World, audience: Audience, held: dict[Key, bytes], keys: Iterable[Key]
    ) -> None:
        for key in keys:
            document = render(world, self._people, audience, key)
            if document is not None:
                self._offer(audience, held, key, _encode(document))
            elif key in held:
                self._withdraw(audience, held, key)

    def _redraw_live(
        self, world: World, audience: Audience, held: dict[Key, bytes], moved: Iterable[str]
    ) -> None:
        """A fold may open or end a facility's right to a unit's live values."""
        now_held: dict[Key, bytes] = {}
        for unit_id in moved:
            for document in self._plane.documents(world, audience, unit_id):
                now_held[key_of(document)] = _encode(document)
        for key, document_bytes in now_held.items():
            self._offer(audience, held, key, document_bytes)
        if audience.kind != "facility":
            return
        allowed = {
            key_of(document)
            for unit_id in world.units
            for document in self._plane.documents(world, audience, unit_id)
        }
        for key in [key for key in held if key[0] in LIVE_KINDS and key not in allowed]:
            self._withdraw(audience, held, key)

    def _offer(self, audience: Audience, held: dict[Key, bytes], key: Key, document: bytes) -> None:
        if held.get(key) == document:
            return
        held[key] = document
        for connection in self._connections:
            if connection.audience == audience:
                connection.outbox.put(key, document)

    def _withdraw(self, audience: Audience, held: dict[Key, bytes], key: Key) -> None:
        del held[key]
        for connection in self._connections:
            if connection.audience == audience:
                connection.outbox.gone(key)


class Doorbell:
    """Reads the log when rung, and each second without a ring."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._rung = asyncio.Event()

    def ring(self, seq: int) -> None:
        """Somebody appended up to ``seq``."""
        if seq > self._follower.world.seq:
            self._rung.set()

    async def run(self, poll_s: float, on_trouble: Callable[[Unavailable], None]) -> None:
        """Follow the log until cancelled."""
        while True:
            try:
                async with asyncio.timeout(poll_s):
                    await self._rung.wait()
            except TimeoutError:
                pass
            self._rung.clear()
            try:
                await self._follower.catch_up()
            except Unavailable as error:
                on_trouble(error)
