"""Prometheus counters of the JT/T 808 listener. Only definitions; `listener` counts."""

from typing import Final

from prometheus_client import Counter, Gauge

FRAMES: Final = Counter("greenlane_jt808_frames_total", "Frames taken", ["event"])
REFUSED: Final = Counter("greenlane_jt808_refused_total", "Frames refused", ["reason"])
GARBAGE: Final = Counter("greenlane_jt808_garbage_bytes_total", "Bytes that belong to no frame")
POSITIONS: Final = Counter("greenlane_jt808_positions_total", "Fixes stored")
UNSTORED: Final = Counter("greenlane_jt808_unstored_total", "Reports left unanswered, not stored")
CONNECTIONS: Final = Gauge("greenlane_jt808_connections", "Terminals connected")
ENDED: Final = Counter("greenlane_jt808_ended_total", "Connections ended by us", ["why"])
