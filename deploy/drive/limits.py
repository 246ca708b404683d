"""Bounds of the drive: waits, sizes and counts, each with its reason.

What a played person does in how many seconds is not here but with the person (`scenarios`,
`dispatcher`, `crew`, `hospital`): those are habits, not bounds.
"""

from typing import Final

HTTP_WAIT_S: Final = 10.0
"""One request; the server's own statement timeout is shorter, so a later answer is no answer."""

RETRY_FIRST_S: Final = 0.5
RETRY_MAX_S: Final = 10.0
"""Waits while the server is away: doubled and jittered, so that thirty actors do not return at
the same instant."""

FRAME_BYTES_MAX: Final = 16 * 1024 * 1024
"""A full snapshot of a busy city is a few megabytes."""

SILENCE_MAX_S: Final = 6.0
"""No frame for so long (beats come every 2 s) and a screen is stale: connect again."""

SOCKET_OPEN_WAIT_S: Final = 10.0
SOCKET_SEND_WAIT_S: Final = 5.0

LOOK_EVERY_S: Final = 1.0
"""An actor looks at its screen at each change, and at least this often for what is due by time."""

REFUSED_PAUSE_S: Final = 10.0
"""After a refusal the same step is not tried again sooner."""

CHORES_MAX: Final = 5_000
"""Remembered intentions of one actor; finished incidents are forgotten first."""

RECORDINGS_MAX: Final = 200
"""Recordings loaded at once; a set of thousands would take minutes and never be heard."""

RECORDING_FILES_MAX: Final = 20_000
"""Files looked at below one folder; more means that the folder is not one of recordings."""

HEADER_BYTES_MAX: Final = 100_000
SIGNALS_MAX: Final = 64
RECORDING_BYTES_MAX: Final = 64 * 1024 * 1024
"""A month of ten numerics at 1/60 Hz is below 1 MB; at 1 Hz 52 MB."""

COUNTY_FILE_BYTES_MAX: Final = 8_000_000
"""As for the server's own reader of the county folder."""

APPARENT_SPEED_MAX_KMH: Final = 150.0
"""Ambulances never look faster than this, whatever --speed says: the server calls a fix that
implies more than 200 km/h doubtful and does not use it."""

FIX_EVERY_MOVING_S: Final = 1.0
FIX_EVERY_STANDING_S: Final = 5.0
"""The two rates of a vehicle terminal: moving and parked."""

SPEED_MIN: Final = 1.0
SPEED_MAX: Final = 20.0

WAITING_INCIDENTS_MAX: Final = 6
"""So many unanswered emergencies and the played callers hold off: the county is overwhelmed, and
more calls would only bury the screen."""

ACTOR_RESTART_S: Final = 5.0
"""Pause before an actor that failed on a bug is started again."""

PLACE_WAIT_S: Final = 10.0
"""A receiver waits so long for its crew to say where the vehicle stood before a restart; a first
fix at the station, kilometres from there, would be called a jump and doubted."""

SIGN_INS_AT_ONCE: Final = 2
"""A password check is made to be slow; a whole county signing in at once would starve the rest."""
