"""Prometheus counters of the data plane. Only definitions; `telemetry.ingest` counts."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

RECEIVED: Final = Counter(
    "greenlane_telemetry_received_total", "Messages received over MQTT", ["kind"]
)
COMMITTED: Final = Counter(
    "greenlane_telemetry_committed_total", "Messages committed and acknowledged"
)
QUARANTINED: Final = Counter(
    "greenlane_telemetry_quarantined_total", "Messages put into quarantine", ["reason"]
)
DUPLICATES: Final = Counter("greenlane_telemetry_duplicates_total", "Messages seen before")
LATE: Final = Counter("greenlane_telemetry_late_total", "Messages that came late or out of order")
GAPS: Final = Counter("greenlane_telemetry_gaps_total", "Sequence numbers skipped when first seen")
DROPPED: Final = Counter(
    "greenlane_telemetry_dropped_total", "QoS 0 messages dropped because the inbox was full"
)
ECGS: Final = Counter("greenlane_telemetry_ecgs_total", "ECG files looked at", ["outcome"])
DECISIONS: Final = Counter("greenlane_telemetry_decisions_total", "Decisions told", ["kind"])
COMMIT_FAILURES: Final = Counter(
    "greenlane_telemetry_commit_failures_total", "Commits that failed or timed out, tried again"
)
RECONNECTS: Final = Counter("greenlane_telemetry_reconnects_total", "Connections to the broker")
INBOX: Final = Gauge("greenlane_telemetry_inbox", "Messages waiting for a commit")
COMMIT_SECONDS: Final = Histogram(
    "greenlane_telemetry_commit_seconds",
    "Time of one group commit",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
)
