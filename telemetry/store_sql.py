# ruff: noqa: S608 - the only thing put into these strings is column lists of this file
"""The SQL of the sample store, one constant per statement. Table names are unqualified on purpose:

the connection's search_path names the county's schema. The inserts of rows that devices send are
`telemetry.store_tables`.
"""

from typing import Final

from telemetry.store_tables import FIX_COLUMNS, STAMP_COLUMNS, VITAL_COLUMNS, WAVEFORM_COLUMNS

# Payloads beyond the bound per (source, reason) are folded into the row with the empty digest.
# Rows already there are counted whatever the bound.
QUARANTINE: Final = """
WITH bad AS (
    SELECT b.*, row_number() OVER (PARTITION BY source, reason ORDER BY digest) AS place
    FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::bytea[],
                $7::integer[], $8::text[], $9::text[], $10::bigint[], $11::timestamptz[],
                $12::bigint[])
      AS b(source, reason, digest, topic, detail, raw, raw_bytes, device_id, boot_id, seq, at, n)
), room AS (
    SELECT bad.*,
           EXISTS (SELECT 1 FROM quarantine q
                   WHERE (q.source, q.reason, q.digest) = (bad.source, bad.reason, bad.digest))
           OR place + (SELECT count(*) FROM quarantine q
                       WHERE (q.source, q.reason) = (bad.source, bad.reason)
                         AND q.digest <> ''::bytea) <= $13::bigint AS is_kept
    FROM bad
), folded AS (
    SELECT source, reason, digest, topic, detail, raw, raw_bytes, device_id, boot_id, seq, at, n
    FROM room WHERE is_kept
    UNION ALL
    SELECT source, reason, ''::bytea, min(topic), 'bound reached, only counted', ''::bytea, 0,
           NULL, NULL, NULL, max(at), sum(n)::bigint
    FROM room WHERE NOT is_kept GROUP BY source, reason
)
INSERT INTO quarantine AS q (source, reason, digest, topic, detail, raw, raw_bytes, device_id,
                             boot_id, seq, first_at, last_at, count)
SELECT source, reason, digest, topic, detail, raw, raw_bytes, device_id, boot_id, seq, at, at, n
FROM folded
ON CONFLICT (source, reason, digest)
DO UPDATE SET count = q.count + excluded.count, last_at = greatest(q.last_at, excluded.last_at)
RETURNING device_id, boot_id, seq
"""

CURSOR: Final = "SELECT contiguous FROM device_cursor WHERE device_id = $1 AND boot_id = $2"

# The committed numbers above a cursor as ranges (gaps and islands), lowest first.
ISLANDS: Final = """
WITH numbers AS (
    SELECT seq FROM vital_sample WHERE device_id = $1 AND boot_id = $2 AND seq > $3
    UNION SELECT seq FROM position_fix WHERE device_id = $1 AND boot_id = $2 AND seq > $3
    UNION SELECT seq FROM device_status WHERE device_id = $1 AND boot_id = $2 AND seq > $3
    UNION SELECT seq FROM device_link WHERE device_id = $1 AND boot_id = $2 AND seq > $3
    UNION SELECT seq FROM waveform_block WHERE device_id = $1 AND boot_id = $2 AND seq > $3
    UNION SELECT seq FROM ecg_part WHERE device_id = $1 AND boot_id = $2 AND seq > $3
    UNION SELECT seq FROM quarantine WHERE device_id = $1 AND boot_id = $2 AND seq > $3
), islands AS (
    SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island FROM numbers
)
SELECT min(seq) AS first, max(seq) AS last FROM islands GROUP BY island ORDER BY 1 LIMIT $4
"""

# Never backwards, whichever of two processes writes last.
SAVE_CURSORS: Final = """
INSERT INTO device_cursor AS c (device_id, boot_id, contiguous, updated_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])
ON CONFLICT (device_id, boot_id)
DO UPDATE SET contiguous = greatest(c.contiguous, excluded.contiguous),
              updated_at = excluded.updated_at
"""

_SAMPLE_COLUMNS: Final = ", ".join((*STAMP_COLUMNS, *VITAL_COLUMNS))
_FIX_COLUMNS: Final = ", ".join((*STAMP_COLUMNS, *FIX_COLUMNS))
SAMPLES_OF_PATIENT: Final = f"""
SELECT {_SAMPLE_COLUMNS} FROM vital_sample
WHERE patient_id = $1 AND true_at >= $2 AND true_at < $3
ORDER BY true_at, device_id, boot_id, seq LIMIT $4
"""
SAMPLES_OF_UNIT: Final = f"""
SELECT {_SAMPLE_COLUMNS} FROM vital_sample
WHERE unit_id = $1 AND true_at >= $2 AND true_at < $3
ORDER BY true_at, device_id, boot_id, seq LIMIT $4
"""
FIXES_OF_UNIT: Final = f"""
SELECT {_FIX_COLUMNS} FROM position_fix
WHERE unit_id = $1 AND true_at >= $2 AND true_at < $3
ORDER BY true_at, device_id, boot_id, seq LIMIT $4
"""
LAST_SAMPLES: Final = """
SELECT unit_id, max(true_at) AS last_at FROM vital_sample
WHERE unit_id = ANY($1::text[]) AND true_at >= $2 AND numerics <> '{}'::jsonb GROUP BY unit_id
"""
QUARANTINE_COUNTS: Final = (
    "SELECT source, reason, sum(count)::bigint AS count FROM quarantine GROUP BY source, reason"
)

# A file whose parts are all there, and whose hash is the one that every part named.
ASSEMBLE_ECG: Final = """
WITH whole AS (
    SELECT unit_id, sha256, min(device_id) AS device_id,
           (array_agg(patient_id ORDER BY part))[1] AS patient_id,
           min(observed_at) AS observed_at, min(true_at) AS true_at,
           max(received_at) AS received_at, min(source) AS source, min(recording) AS recording,
           string_agg(data, ''::bytea ORDER BY part) AS content
    FROM (SELECT DISTINCT ON (unit_id, sha256, part) * FROM ecg_part
          WHERE sha256 = ANY($1::text[]) AND data <> ''::bytea
          ORDER BY unit_id, sha256, part, received_at) AS one_each
    GROUP BY unit_id, sha256
    HAVING count(*) = max(parts)
)
INSERT INTO ecg_file (unit_id, sha256, device_id, patient_id, observed_at, true_at, received_at,
                      source, recording, content)
SELECT unit_id, sha256, device_id, patient_id, observed_at, true_at, received_at, source,
       recording, content
FROM whole WHERE encode(sha256(content), 'hex') = sha256
ON CONFLICT (unit_id, sha256) DO NOTHING
RETURNING ecg_id, unit_id, sha256, patient_id, true_at
"""
FORGET_PARTS: Final = """
UPDATE ecg_part p SET data = ''::bytea FROM ecg_file f
WHERE (p.unit_id, p.sha256) = (f.unit_id, f.sha256) AND f.sha256 = ANY($1::text[])
  AND p.data <> ''::bytea
"""
ECG_OF: Final = """
SELECT ecg_id, unit_id, sha256, device_id, patient_id, observed_at, true_at, received_at, content,
       source, recording
FROM ecg_file WHERE ecg_id = $1
"""
_ECG_HEAD: Final = "ecg_id, unit_id, sha256, patient_id, true_at, source"
ECGS_NAMED: Final = f"""
SELECT {_ECG_HEAD} FROM ecg_file JOIN unnest($1::text[], $2::text[]) AS w(unit_id, sha256)
USING (unit_id, sha256) WHERE patient_id IS NOT NULL ORDER BY ecg_id
"""
ECGS_SINCE: Final = f"""
SELECT {_ECG_HEAD} FROM ecg_file
WHERE received_at >= $1 AND patient_id IS NOT NULL ORDER BY ecg_id DESC LIMIT $2
"""
WAVEFORMS_OF_UNIT: Final = f"""
SELECT {", ".join((*STAMP_COLUMNS, *WAVEFORM_COLUMNS))} FROM waveform_block
WHERE unit_id = $1 AND true_at >= $2 AND true_at < $3 AND channel = ANY($4::text[])
ORDER BY true_at, device_id, boot_id, seq LIMIT $5
"""
