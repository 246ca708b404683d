"""Bounds of what runs in the vehicle: outbox, resending and waits, each with its reason.

Not here: the limits of the server's ingest (`telemetry.limits`) or of the broker (deploy.embedded).
"""

from collections.abc import Mapping
from typing import Final

from telemetry.contract import Kind

OUTBOX_MESSAGES_MAX: Final = 400_000
"""Rows kept without an acknowledgement: 12 hours of one vital, one fix and three waveform blocks a
second are 216,000, and as many again for a second monitor."""

OUTBOX_BYTES_MAX: Final = 160_000_000
"""Payloads kept: with its indexes and pages the file stays under 200 MB, which 12 hours without a
network need (43,200 vitals of 500 B and blocks of 250 Hz ECG of 850 B make 58 MB)."""

OUTBOX_DROP_PART: Final = 10
"""An overfull outbox lets go of one tenth at once: each drop starts a new boot id (see outbox)."""

OUTBOX_BUSY_S: Final = 5.0
"""Wait for SQLite's own lock; only a second program on the same file could hold it."""

SELECTIVE_MAX: Final = 5_000
"""Sequence numbers read from one acknowledgement; a longer list is not one of our server's."""

ACK_BYTES_MAX: Final = 65_536
"""The largest packet the broker lets through."""

KEEPALIVE_S: Final = 6
"""The broker calls a silent vehicle offline after one and a half times this: 9 s, so that a broken
link is seen at both ends within ten."""

UNCONFIRMED_S: Final = 8.0
"""Something waits and the core has acknowledged nothing for so long: the vehicle calls the link
lost, whatever TCP says (a half-open connection takes writes for minutes)."""

CONNECT_WAIT_S: Final = 5.0
"""TCP connect over a mobile network; later is a dead link."""

SESSION_EXPIRY_S: Final = 24 * 3600
"""How long the broker keeps our subscription and unread acks: one shift and its aftermath."""

EXPIRY_S: Final[Mapping[Kind, int]] = {"position": 60, "waveform": 10}
"""An older fix or waveform is of no use live; the broker need not keep it for a core that is away,
and the outbox still delivers it for the record."""

RECEIVE_MAX: Final = 50
"""Acks the broker may have in flight to us (RELIABILITY: 20 to 50)."""

INFLIGHT_MAX: Final = 50
"""Publishes without a PUBACK; the broker's own limit per client."""

UNACKED_MAX: Final = 500
"""Published, not yet acknowledged by the server: beyond it messages wait here, not in the broker,
whose queue for a stopped server would otherwise fill with copies."""

BULK_INFLIGHT_BYTES: Final = 24_000
"""ECG parts and waveforms on their way at once: on 64 kbit/s an alert waits 3 s behind them."""

BULK_LIVE_MAX: Final = 16
"""Fresh waveform blocks that go before older ones: some seconds of what a monitor draws."""

LIVE_MAX: Final = 64
"""Fresh messages that go before the backlog; older fresh ones simply become backlog."""

BACKLOG_TICK_S: Final = 0.25
BACKLOG_BATCH: Final = 50
"""Backlog per tick: 200 a second, so that an hour is through in half a minute and one returning
vehicle cannot crowd out the live samples of the others."""

RESEND_AFTER_S: Final = 5.0
RESEND_AFTER_MAX_S: Final = 60.0
"""First and longest wait for the server's ack before a message is sent again; doubled each time."""

BACKOFF_FIRST_S: Final = 0.5
BACKOFF_MAX_S: Final = 5.0
"""Waits between two attempts to connect: doubled, jittered by half so that vehicles that lost one
mast do not return at the same instant."""

LOOP_TICK_S: Final = 0.25
"""Longest wait in the network loop: bounds how late keepalive and resending can be."""

STOP_WAIT_S: Final = 3.0
"""An orderly end waits this long for the last messages to leave; the outbox keeps the rest."""

REPORT_EVERY_S: Final = 10.0
"""A link report: the hospital's board knows within this how much of a patient still waits."""
