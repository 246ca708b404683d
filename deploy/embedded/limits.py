"""Bounds of the embedded services: every wait, retry, size and file, with its reason.

Not here: the limits of the program itself (dispatch.limits) or of the MQTT contract (telemetry).
"""

READY_WAIT_S = 30.0
"""PostgreSQL replays its log before it answers; a county's day replays in seconds."""

READY_POLL_S = 0.02
"""Pause between two readiness probes; a warm start takes 40-120 ms."""

PROBE_WAIT_S = 2.0
"""One probe (connect, sign in, answer) on the loopback interface."""

INITDB_WAIT_S = 120.0
"""A cold initdb takes 0.7 s on a laptop; a small board with an SD card needs far longer."""

FAST_STOP_WAIT_S = 20.0
"""PostgreSQL's fast shutdown writes a checkpoint; after this it is told to stop at once."""

HARD_STOP_WAIT_S = 5.0
"""Bound of every later, harsher stop signal; SIGKILL follows."""

PREVIOUS_END_WAIT_S = 20.0
"""How long a starting service waits for its own predecessor on the same folder to finish."""

PREVIOUS_END_POLL_S = 0.05
"""Pause between two looks at the process table while waiting for that predecessor."""

FREE_PORT_TRIES = 5
"""A free port may be taken between choosing and binding; five losses in a row are no accident."""

LOG_FILE_BYTES_MAX = 16 * 1024 * 1024
"""A service log above this is moved aside (one older file is kept) at the next start."""

LOG_TAIL_BYTES = 2_000
"""How much of a service's log goes into an error message."""

POSTGRES_CONNECTIONS_MAX = 100
"""PostgreSQL's own default: three pools of one process use fewer than 40."""

MQTT_PACKET_BYTES_MAX = 65_536
"""The MQTT contract's largest payload plus its header; larger packets are refused (0x95)."""

MQTT_INFLIGHT_MESSAGES_MAX = 50
"""Unacknowledged messages to one client: one group commit's worth at a county's rate."""

MQTT_QUEUED_MESSAGES_MAX = 200_000
"""Queued for a core that is away: 14 units at 1/s for almost four hours; default 1,000 drops."""

MQTT_QUEUED_BYTES_MAX = 512 * 1024 * 1024
"""The same queue in bytes, so that large payloads cannot take the machine's memory."""

MQTT_CONNECTIONS_MAX = 10_000
"""Far above a county's devices, below a usual limit of open files times the process count."""

MQTT_AUTOSAVE_S = 30
"""Seconds between snapshots of sessions; durability is the device's outbox, not the broker."""

MQTT_SESSION_DAYS_MAX = 2
"""A device away for longer starts a new session; its own outbox still holds its samples."""

LOGINS_LOOK_S = 0.5
"""How often the file of enrolled devices is looked at; a box that enrols waits at most this."""

DEVICES_MAX = 5_000
"""Logins in one broker file; a county has tens, a city below a thousand."""

SECRET_FILE_BYTES_MAX = 1024 * 1024
"""A secret file above this is not one of ours."""
