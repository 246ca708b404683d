"""Every bound of the coordinating core, with its reason. Units last in the names.

Telemetry and maps keep their own. `tests/unit/dispatch/test_limits.py` turns bounds down and
overflows them.
"""

# World
CLOSED_INCIDENTS_KEPT_MAX = 200  # a shift and a half of a busy county stays on the screens
ENDED_CALLS_KEPT_MAX = 200
TIMELINE_ENTRIES_MAX = 120  # an incident with more has its full history in the log
ECGS_PER_PATIENT_MAX = 50  # one every two minutes for longer than any drive; older ones stay stored

# Closures and slow zones
CLOSURES_MAX = 100  # at once; a flood closes dozens of roads, more belong into one outline
CLOSURE_CORNERS_MAX = 200  # drawn by hand; each costs every worker a comparison with the roads
CLOSURE_FACTOR_MAX = 20.0  # what takes longer is closed (`maps.network.closures.MAX_FACTOR`)
CLOSURE_AWAY_MAX_M = 50_000  # POLICY: farther from the county it is a slip or a wrong datum
CLOSURE_KEPT_S = 24 * 3600  # listed so long after its end: the next shift sees it was there

# Recorder
RECORDER_QUEUE_MAX = 512  # commands waiting for the log; beyond it the caller is told to wait
RECORDER_BATCH_MAX = 20  # commands in one append; 20 per lock gave 38,000 events/s
APPEND_TRIES_MAX = 64  # a try fails only when another worker won: the system always advances
APPEND_TIMEOUT_S = 5.0
RELEASE_TIMEOUT_S = 1.0  # for a connection to come to rest before it is given up
RECONNECT_WAIT_S = 0.5
SUBMIT_TIMEOUT_S = 10.0  # what a person waits for an answer before "unknown"
OCCURRED_AGO_MAX_S = 7 * 24 * 3600  # a tablet offline for longer has a wrong clock
EVENTS_PER_READ_MAX = 2000
SNAPSHOT_EVERY_EVENTS = 500
SNAPSHOTS_KEPT = 3

# Live
DOORBELL_POLL_S = 1.0  # every worker reads at least this often, bell or not
HEARTBEAT_S = 2.0
SEND_TIMEOUT_S = 3.0
HELLO_TIMEOUT_S = 5.0
SESSION_CHECK_S = 20.0  # an open screen of a session that ended elsewhere closes within this
FRAME_BYTES_MAX = 65_536  # from a client
DOCS_PER_FRAME_MAX = 400  # a snapshot of a large county goes out in several frames
SOCKETS_MAX = 2000
TCP_USER_TIMEOUT_MS = 10_000  # a stuck client is reaped in about 11 s
DISPLAYED_IDS_MAX = 200
WAVES_KEPT_S = 10.0  # of each channel, so that a screen that begins to look is filled at once
WAVE_BLOCKS_MAX = 40  # of each channel, were blocks shorter than the second they should be
WAVES_WAITING_MAX = 12  # of each channel for one viewer: a ring and what comes while it is sent
WAVE_FRAME_BYTES = 16_384  # a document waits behind one frame: 2 s at 64 kbit/s
WATCHED_UNITS_MAX = 12  # a board with more inbound patients shows a table and no waveforms
MAP_LOOK_EVERY_S = 5.0  # one small file is read; a map is imported a few times a year

# HTTP
BODY_BYTES_MAX = 65_536
LOGIN_TRIES_PER_QUARTER_HOUR = 10
TICKET_LIFE_S = 30
SESSION_LIFE_S = 12 * 3600  # one shift
PLACES_MAX = 20
PLACES_AT_ONCE = 2  # searches in threads, each some milliseconds; more would hold up the loop
SAMPLES_MAX = 4 * 3600  # four hours at one a second
INCIDENTS_LISTED_MAX = 500
ECG_DRAWN_MAX_S = 60  # a screen draws 10 s; whoever wants a day has the file
ECG_DRAWN_SAMPLES_MAX = 1_000_000  # of all leads: about 5 MB of JSON
ECG_CACHE_ENTRIES_MAX = 64  # decoded drawings, for a board and a desk that open the same ECG
ECG_CACHE_BYTES_MAX = 64 * 2**20
ECGS_READ_AT_ONCE = 2  # in threads; a 12-lead file takes tens of milliseconds
WAVEFORM_WINDOW_MAX_S = 600  # one answer of a replay; it asks again for the next
WAVEFORM_BLOCKS_MAX = 18 * 600  # every channel of the contract for that long
REPLAY_FRAMES_MAX = 5000
REPLAY_ETA_EVERY_S = 5  # a countdown of then is right to the second anyway; four hours are 2,880

# Ways and cover on the maps
ROUTES_WAITING_MAX = 64  # one takes milliseconds; more at once is a page gone wild
COVERAGE_WAITING_MAX = 16  # all who ask for the same get the first one's answer
COVERAGE_CELLS_MAX = 2_500  # of 1 km for a county; more make the map slow and say nothing more
COVERAGE_BUCKET_M = 100  # POLICY: who moved less than this reaches the same cells
COVERAGE_ROWS_MAX = 1_000  # remembered searches, 10 kB each: a large city's idle units, twice over
COVERAGE_DRIVINGS_MAX = 4  # day, night, and the closures before and after a change
COVERAGE_ANSWERS_MAX = 16  # drawn isochrones that several desks look at
COVERAGE_TOLD_MAX_S = 3_600  # "nearest 27 min" is told up to here; beyond it nobody is near
DEMAND_CALLS_MAX = 100_000  # ten years of a county; the newest count
DEMAND_DAYS_MAX = 1_095  # POLICY: three years; before that the county was another one
DEMAND_READ_EVERY_S = 600  # a rate of the past does not change by the minute
DEMAND_FEW_CALLS = 200  # POLICY: fewer than about one an hour of the week say nothing of the hour

# Deadlines
DEADLINE_TICK_S = 0.25  # RELIABILITY §3.2: due times are looked at four times a second

# Database pools
POOL_MIN = 1
POOL_MAX = 8
STATEMENT_TIMEOUT_MS = 5000
LOCK_TIMEOUT_MS = 2000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000

# The online check
WATCH_S = 5.0
WATCH_LOG_EVERY = 12  # the fold of the log and the counts in the database: once a minute

# Device care
DEVICE_REPORT_FRESH_S = 5.0  # one computation for all screens that look
DEVICE_ROWS_LOOKED_AT = 60  # newest rows of a unit and table: its devices of the last minute
QUARANTINE_COUNTED_S = 24 * 3600  # what came within a day is somebody's work today
QUARANTINE_LISTED_MAX = 100
QUARANTINE_SHOWN_BYTES = 4_096  # of each payload: the head says what is wrong with it
ENROL_CODE_LIFE_S = 15 * 60
ENROL_CODES_OPEN_MAX = 100  # codes given out and not yet used
ENROL_TRIES_PER_QUARTER_HOUR = 10  # of one address; 10 guesses in 32**8 codes
ENROL_TRIES_OF_ALL_MAX = 200  # of all addresses in a quarter of an hour: a network that guesses
