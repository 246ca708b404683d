# ruff: noqa: S608 - the only thing put into these strings is column lists of this file
"""The SQL of the sample store, one constant per statement. Table names are unqualified on purpose:

the connection's search_path names the county's schema. Inserts are idempotent: one statement per
table and batch, `unnest` of parallel arrays, `ON CONFLICT DO NOTHING`.
"""

from typing import Final

_STAMP_COLUMNS: Final = (
    "device_id, boot_id, seq, unit_id, observed_at, received_at, true_at, skew_ms, is_late"
)
_STAMP_ARRAYS: Final = (
    "$1::text[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], "
    "$7::timestamptz[], $8::bigint[], $9::boolean[]"
)

INSERT_VITALS: Final = f"""
INSERT INTO vital_sample ({_STAMP_COLUMNS}, patient_id, numerics, acvpu, on_oxygen,
                          oxygen_litres_per_min, source, recording)
SELECT * FROM unnest({_STAMP_ARRAYS}, $10::text[], $11::jsonb[], $12::text[], $13::boolean[],
                     $14::double precision[], $15::text[], $16::text[])
ON CONFLICT (device_id, boot_id, seq) DO NOTHING
"""

INSERT_FIXES: Final = f"""
INSERT INTO position_fix ({_STAMP_COLUMNS}, lon, lat, sent_lon, sent_lat, datum, speed_kmh,
                          heading_deg, accuracy_m, doubtful)
SELECT * FROM unnest({_STAMP_ARRAYS}, $10::double precision[], $11::double precision[],
                     $12::double precision[], $13::double precision[], $14::text[],
                     $15::double precision[], $16::double precision[],
                     $17::double precision[], $18::text[])
ON CONFLICT (device_id, boot_id, seq) DO NOTHING
"""

INSERT_STATUS: Final = f"""
INSERT INTO device_status ({_STAMP_COLUMNS}, state, battery_pct)
SELECT * FROM unnest({_STAMP_ARRAYS}, $10::text[], $11::double precision[])
ON CONFLICT (device_id, boot_id, seq) DO NOTHING
"""

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

_SAMPLE_COLUMNS: Final = (
    f"{_STAMP_COLUMNS}, patient_id, numerics, acvpu, on_oxygen, oxygen_litres_per_min, source, "
    "recording"
)
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
SELECT {_STAMP_COLUMNS}, lon, lat, sent_lon, sent_lat, datum, speed_kmh, heading_deg, accuracy_m,
       doubtful
FROM position_fix
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
