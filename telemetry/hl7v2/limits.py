"""Every bound of the HL7 v2 reader and its listener, each with its reason."""

from typing import Final

MESSAGE_MAX_BYTES: Final = 1_048_576  # a PCD-01 message with a minute of six waveforms is 400 KB
FILE_MAX_BYTES: Final = 64 * 1_048_576  # of one file given to the command line
SEGMENTS_MAX: Final = 5_000  # a snapshot of every parameter of a monitor is 300
REPETITIONS_MAX: Final = 64  # of one field that is looked at
TEXT_MAX_CHARS: Final = 200  # of an identifier or a name that is given back
BUFFER_MAX_BYTES: Final = MESSAGE_MAX_BYTES + 4  # one message with its frame

CONNECTIONS_MAX: Final = 64  # monitors and gateways of one vehicle or one centre
IDLE_TIMEOUT_S: Final = 300.0  # a spot-check monitor may be silent for minutes
STORE_TIMEOUT_S: Final = 15.0  # durable by then, or the sender is left without an answer
WRITE_TIMEOUT_S: Final = 10.0  # a sender that does not read its answers
READ_BYTES: Final = 65_536  # at a time
REFUSALS_MAX: Final = 20  # messages refused in a row before the line is closed
