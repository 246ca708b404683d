"""Every bound of an ECG file, with its reason; a file that claims more is refused before memory is.

The claims of a header (leads, samples, segments) are compared with these before anything is
allocated, so that forty bytes saying "four billion samples" cost forty bytes.
"""

from typing import Final

FILE_MAX_BYTES: Final = 64 * 2**20  # a day of one lead at 250 Hz is 43 MB; a 12-lead ECG is 0.2 MB
XML_MAX_BYTES: Final = 24 * 2**20  # a parsed tree takes about ten times its text
XML_ELEMENTS_MAX: Final = 400_000  # a fully annotated aECG has about 4,000
XML_DEPTH_MAX: Final = 100  # an aECG nests 20 deep
LEADS_MAX: Final = 64  # body-surface maps are another thing than a 12-lead ECG
SAMPLES_MAX: Final = 24_000_000  # of all leads together: 96 MB as int32
SEGMENTS_MAX: Final = 4_096  # of a WFDB record: a day in pieces of 21 s
RATE_MAX_HZ: Final = 100_000  # pacemaker channels reach 75 kHz
BEATS_MAX: Final = 4_096  # QRS complexes listed in one SCP-ECG file: an hour of them
RECORD_MAX_BYTES: Final = 4 * FILE_MAX_BYTES  # of all files of a WFDB record together
STATEMENTS_MAX: Final = 500
STATEMENT_MAX_CHARS: Final = 2_000
ANNOTATIONS_MAX: Final = 5_000
TABLES_MAX: Final = 255  # Huffman tables of an SCP-ECG file
CODES_MAX: Final = 4_096  # code structures in one of them; the default table has 19
SCALE_MAX_EXPONENT: Final = 12  # gains outside 10^-12..10^12 are no gains; see `numbers.exact`
SAMPLES_SHOWN_MAX: Final = 100_000  # `ecg read --samples`: more is what `ecg export` is for
