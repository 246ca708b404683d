"""Every bound of the data plane, with its reason; a test turns each down and overflows it.

Clinical limits (plausible ranges, freshness for scoring) are with the codes in `telemetry.codes`;
how long a level must hold before it changes is policy and lives in `telemetry.level`.
"""

from typing import Final

# --- what a device may send -----------------------------------------------------------------
PAYLOAD_MAX_BYTES: Final = 65_536  # the broker's max_packet_size; a vitals message is about 600 B
TOPIC_MAX_CHARS: Final = 200  # five levels of at most 36 characters and their slashes
SEQ_MAX: Final = 2**53 - 1  # exact in every JSON reader; 1 Hz reaches it in 285 million years
VALUE_MAX: Final = 1_000_000.0  # far above any vital sign; a bound, not a plausibility range
WAVEFORM_HZ_MAX: Final = 1_000.0  # diagnostic ECG; a monitor's is 250
WAVEFORM_CHARS_MAX: Final = 5_600  # two seconds at that rate in base64; blocks are one second
ECG_PART_BYTES_MAX: Final = 16_384  # on a 64 kbit/s link an alert waits 2.8 s behind one part
ECG_PART_CHARS_MAX: Final = 21_848
ECG_PARTS_MAX: Final = 512
ECG_BYTES_MAX: Final = ECG_PARTS_MAX * ECG_PART_BYTES_MAX  # 8 MB: XML of 12 leads at 1 kHz is 3

# --- the MQTT session ------------------------------------------------------------------------
RECEIVE_MAXIMUM: Final = 500  # unacknowledged messages in the core; one full batch in flight
SESSION_EXPIRY_S: Final = 86_400  # the broker keeps what arrives while the core is away, a day
KEEPALIVE_S: Final = 10  # a half-open connection is noticed within two keepalives (F27)
CONNECT_TIMEOUT_S: Final = 10.0
SUBSCRIBE_TIMEOUT_S: Final = 10.0
DISCONNECT_TIMEOUT_S: Final = 2.0
RECONNECT_MIN_S: Final = 0.2
RECONNECT_MAX_S: Final = 10.0  # a county is blind for at most this long after its broker is back

# --- batches and the database ----------------------------------------------------------------
INBOX_MAX: Final = 2 * RECEIVE_MAXIMUM  # QoS 0 knows no flow control: beyond this it is dropped
BATCH_MAX: Final = 500  # bare inserts gained little beyond: 35,000 rows/s in 50s, 48,000 in 500s
COMMIT_TIMEOUT_S: Final = 10.0
COMMIT_RETRY_MIN_S: Final = 0.1
COMMIT_RETRY_MAX_S: Final = 5.0
QUERY_TIMEOUT_S: Final = 10.0
REPLAY_ROWS_MAX: Final = 100_000  # 27 hours of one monitor at 1 Hz; replay pages beyond it

TERMINAL_FIXES_WAITING_MAX: Final = 20_000  # of JT/T 808 terminals: 20 s of a large city's, 10 MB

# --- decisions -------------------------------------------------------------------------------
DECIDE_TIMEOUT_S: Final = 5.0
DECIDE_RETRY_S: Final = 1.0
TICK_S: Final = 1.0  # feed lost and ageing are shown within a second of their limit

# --- ECG files -------------------------------------------------------------------------------
ECG_RETELL_S: Final = 24 * 3600.0  # how far back a start looks: longer than any outage of a night
ECGS_RETOLD_MAX: Final = 1_000  # a large city's day; those the core knows are not told
ECGS_WAITING_MAX: Final = 2_000  # files noted and not yet looked at; beyond: found at a start
ECG_RETRY_S: Final = 1.0

# --- memory per device and county ------------------------------------------------------------
SEQUENCE_RANGES_MAX: Final = 256  # holes remembered per boot; more: read again from the store
CURSOR_RELOAD_S: Final = 1.0  # how often such a boot is read again; a scan of its rows
ACK_SELECTIVE_MAX: Final = 256  # numbers above the first hole in one acknowledgement (2 KB)
BOOTS_PER_DEVICE_MAX: Final = 16  # four run at once (main, ECG, waveforms, wills), and three
# generations of them may still drain an outbox
DEVICES_PER_UNIT_MAX: Final = 16  # an ambulance carries two or three
CURSORS_MAX: Final = 4_096  # (device, boot) cursors in memory; the others are read again
UNITS_MAX: Final = 2_000  # ambulances of a large city, twice over

# --- quarantine ------------------------------------------------------------------------------
QUARANTINE_ROWS_MAX: Final = 500  # raw payloads kept per (source, reason); beyond: only counted
QUARANTINE_DETAIL_MAX_CHARS: Final = 500
