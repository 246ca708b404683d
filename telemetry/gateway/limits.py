"""Bounds of what runs in the vehicle: outbox, resending and waits, each with its reason.

Not here: the limits of the server's ingest (`telemetry.limits`) or of the broker (deploy.embedded).
"""

from typing import Final

OUTBOX_MESSAGES_MAX: Final = 100_000
"""Rows kept without an acknowledgement: one vital and one fix a second for almost 14 hours."""

OUTBOX_DROP_PART: Final = 10
"""An overfull outbox lets go of one tenth at once: each drop starts a new boot id (see outbox)."""

OUTBOX_BUSY_S: Final = 5.0
"""Wait for SQLite's own lock; only a second program on the same file could hold it."""

SELECTIVE_MAX: Final = 5_000
"""Sequence numbers read from one acknowledgement; a longer list is not one of our server's."""

ACK_BYTES_MAX: Final = 65_536
"""The largest packet the broker lets through."""

KEEPALIVE_S: Final = 15
"""The broker calls a silent vehicle offline after one and a half times this: 22 s."""

CONNECT_WAIT_S: Final = 5.0
"""TCP connect over a mobile network; later is a dead link."""

SESSION_EXPIRY_S: Final = 24 * 3600
"""How long the broker keeps our subscription and unread acks: one shift and its aftermath."""

POSITION_EXPIRY_S: Final = 60
"""An older fix is of no use to a dispatcher; the outbox still delivers it for the record."""

RECEIVE_MAX: Final = 50
"""Acks the broker may have in flight to us (RELIABILITY: 20 to 50)."""

INFLIGHT_MAX: Final = 50
"""Publishes without a PUBACK; the broker's own limit per client."""

UNACKED_MAX: Final = 500
"""Published, not yet acknowledged by the server: beyond it messages wait here, not in the broker,
whose queue for a stopped server would otherwise fill with copies."""

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
BACKOFF_MAX_S: Final = 15.0
"""Waits between two attempts to connect: doubled, jittered by half so that vehicles that lost one
mast do not return at the same instant."""

LOOP_TICK_S: Final = 0.25
"""Longest wait in the network loop: bounds how late keepalive and resending can be."""

STOP_WAIT_S: Final = 3.0
"""An orderly end waits this long for the last messages to leave; the outbox keeps the rest."""
