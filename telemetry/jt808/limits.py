"""Every bound of the JT/T 808 decoder, its session and its listener, each with its reason."""

from typing import Final

# --- one frame --------------------------------------------------------------------------------
BODY_MAX_BYTES: Final = 1_023  # ten bits of the header say its length
FRAME_MAX_BYTES: Final = 2 * (BODY_MAX_BYTES + 22) + 2  # header 21, checksum, every byte escaped
HEX_LINE_MAX_BYTES: Final = 65_536  # a frame of hex is 4 KB; a JSON line around it may say more
SENTENCE_MAX_BYTES: Final = 1_024  # "(…)": what some trackers answer in text
TEXT_MAX_CHARS: Final = 500  # of one text inside a message, as in a frame of 1,023 bytes

# --- a message in parts -----------------------------------------------------------------------
PARTS_MAX: Final = 2_048  # 2 MB: a photo; fixes in parts are a few
ASSEMBLIES_MAX: Final = 4  # messages a terminal sends in parts at the same time
ASSEMBLY_MAX_BYTES: Final = 2_097_152  # of all parts a terminal has under way
ASSEMBLY_WAIT_S: Final = 60.0  # without a further part for so long: given up
PART_REQUESTS_MAX: Final = 3  # how often missing parts are asked for
MISSING_MAX: Final = 125  # parts named in one request: more do not fit the byte of 2013 twice over

# --- a session --------------------------------------------------------------------------------
STREAM_BUFFER_MAX_BYTES: Final = 16_384  # a few frames; beyond it is not this protocol
SERIALS_REMEMBERED: Final = 512  # numbers of a terminal told apart from repetitions, 8 min at 1 Hz
FIXES_REMEMBERED: Final = 2_048  # fixes of a terminal told apart from repetitions
REFUSALS_MAX: Final = 20  # frames refused in a row before the line is closed
BATCH_FIXES_MAX: Final = 512  # of one 0x0704 or 0x0210: 2 MB of parts hold more than is honest

# --- the listener -----------------------------------------------------------------------------
CONNECTIONS_MAX: Final = 2_000  # as many as units; a county has tens
IDLE_TIMEOUT_S: Final = 180.0  # three heartbeats of the usual minute; a half-open line ends so
FRAMES_PER_S_MAX: Final = 50  # of one terminal: a blind-area upload sends ten a second
FRAMES_BURST: Final = 200  # and may begin with a burst
STORE_TIMEOUT_S: Final = 15.0  # durable by then, or the terminal is left without an answer
WRITE_TIMEOUT_S: Final = 10.0  # a terminal that does not read its answers
READ_BYTES: Final = 4_096  # at a time
