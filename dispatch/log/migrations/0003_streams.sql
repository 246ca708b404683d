-- Waveforms, ECG files and link reports; and every sample table partitioned by month.
--
-- A partitioned table's key must hold what it is partitioned by. That is observed_at, the device's
-- own word, because it is part of the message: sent again it is the same, so inserts stay
-- idempotent. A wrong clock puts a row into another month or into the default partition, where it is
-- found like any other; nothing is ordered by it. Months are made ahead and dropped by
-- telemetry/retention.py.

CREATE FUNCTION make_month(parent text, month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    child text := parent || to_char(month, '_YYYY_MM');
BEGIN
    IF to_regclass(child) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent,
        to_char(month, 'YYYY-MM-DD"T00:00:00Z"'),
        to_char(month + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));
    RETURN true;
END $$;

ALTER TABLE vital_sample RENAME TO vital_sample_before;
ALTER TABLE position_fix RENAME TO position_fix_before;
ALTER TABLE device_status RENAME TO device_status_before;
ALTER INDEX vital_sample_by_patient RENAME TO vital_sample_before_by_patient;
ALTER INDEX vital_sample_by_unit RENAME TO vital_sample_before_by_unit;
ALTER INDEX position_fix_by_unit RENAME TO position_fix_before_by_unit;
ALTER INDEX device_status_by_unit RENAME TO device_status_before_by_unit;
ALTER INDEX vital_sample_pkey RENAME TO vital_sample_before_pkey;
ALTER INDEX position_fix_pkey RENAME TO position_fix_before_pkey;
ALTER INDEX device_status_pkey RENAME TO device_status_before_pkey;

CREATE TABLE vital_sample (LIKE vital_sample_before INCLUDING CONSTRAINTS,
    PRIMARY KEY (device_id, boot_id, seq, observed_at)) PARTITION BY RANGE (observed_at);
CREATE TABLE position_fix (LIKE position_fix_before INCLUDING CONSTRAINTS,
    PRIMARY KEY (device_id, boot_id, seq, observed_at)) PARTITION BY RANGE (observed_at);
CREATE TABLE device_status (LIKE device_status_before INCLUDING CONSTRAINTS,
    PRIMARY KEY (device_id, boot_id, seq, observed_at)) PARTITION BY RANGE (observed_at);

CREATE TABLE device_link (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    seq          bigint      NOT NULL CHECK (seq >= 1),
    unit_id      text        NOT NULL,
    observed_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    true_at      timestamptz NOT NULL,
    skew_ms      bigint,
    is_late      boolean     NOT NULL,
    queued       jsonb       NOT NULL, -- {kind: messages that wait}
    dropped      jsonb       NOT NULL, -- {kind: messages ever let go, the disk being full}
    queued_bytes bigint      NOT NULL,
    oldest_s     double precision,
    confirmed_s  double precision,
    round_trip_ms double precision,
    network      text        NOT NULL,
    version      text,
    PRIMARY KEY (device_id, boot_id, seq, observed_at)
) PARTITION BY RANGE (observed_at);

CREATE TABLE waveform_block (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    seq          bigint      NOT NULL CHECK (seq >= 1),
    unit_id      text        NOT NULL,
    observed_at  timestamptz NOT NULL, -- of the first sample
    received_at  timestamptz NOT NULL,
    true_at      timestamptz NOT NULL,
    skew_ms      bigint,
    is_late      boolean     NOT NULL,
    patient_id   text,
    channel      text        NOT NULL,
    hz           double precision NOT NULL,
    unit         text        NOT NULL,
    per_lsb      double precision NOT NULL, -- a sample is worth zero + per_lsb * sample, in unit
    zero         double precision NOT NULL,
    samples      bytea       NOT NULL, -- little-endian int16; -32768 is not measured
    source       text        NOT NULL,
    recording    text,
    PRIMARY KEY (device_id, boot_id, seq, observed_at)
) PARTITION BY RANGE (observed_at);
ALTER TABLE waveform_block ALTER COLUMN samples SET STORAGE EXTERNAL; -- noise does not compress

-- Parts of a file until all are there; then they become one row of ecg_file, with the file's hash
-- checked, and the parts stay only so that their numbers are known to be committed.
CREATE TABLE ecg_part (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    seq          bigint      NOT NULL CHECK (seq >= 1),
    unit_id      text        NOT NULL,
    observed_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    true_at      timestamptz NOT NULL,
    skew_ms      bigint,
    is_late      boolean     NOT NULL,
    patient_id   text,
    sha256       text        NOT NULL,
    size_bytes   integer     NOT NULL,
    part         integer     NOT NULL,
    parts        integer     NOT NULL,
    data         bytea       NOT NULL, -- empty once the file is whole
    source       text        NOT NULL,
    recording    text,
    PRIMARY KEY (device_id, boot_id, seq)
);
CREATE INDEX ecg_part_by_file ON ecg_part (unit_id, sha256, part);

CREATE TABLE ecg_file (
    ecg_id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id      text        NOT NULL,
    sha256       text        NOT NULL,
    device_id    text        NOT NULL,
    patient_id   text,
    observed_at  timestamptz NOT NULL,
    true_at      timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    content      bytea       NOT NULL, -- as the machine wrote it
    source       text        NOT NULL,
    recording    text,
    UNIQUE (unit_id, sha256)
);
CREATE INDEX ecg_file_by_patient ON ecg_file (patient_id, true_at) WHERE patient_id IS NOT NULL;

-- How many committed rows of a boot retention has deleted: without it they would look lost.
CREATE TABLE device_forgotten (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    count        bigint      NOT NULL,
    PRIMARY KEY (device_id, boot_id)
);

CREATE TABLE vital_sample_default PARTITION OF vital_sample DEFAULT;
CREATE TABLE position_fix_default PARTITION OF position_fix DEFAULT;
CREATE TABLE device_status_default PARTITION OF device_status DEFAULT;
CREATE TABLE device_link_default PARTITION OF device_link DEFAULT;
CREATE TABLE waveform_block_default PARTITION OF waveform_block DEFAULT;

-- The months that rows are in already, this one and the two after it.
DO $$
DECLARE
    parent text;
    found date;
BEGIN
    FOR found IN
        SELECT DISTINCT date_trunc('month', observed_at AT TIME ZONE 'UTC')::date
        FROM (SELECT observed_at FROM vital_sample_before
              UNION ALL SELECT observed_at FROM position_fix_before
              UNION ALL SELECT observed_at FROM device_status_before) AS rows_before
        WHERE observed_at BETWEEN now() - interval '5 years' AND now()
        UNION
        SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date
        FROM generate_series(0, 2) AS n
    LOOP
        FOREACH parent IN ARRAY ARRAY['vital_sample', 'position_fix', 'device_status',
                                      'device_link', 'waveform_block'] LOOP
            PERFORM make_month(parent, found);
        END LOOP;
    END LOOP;
END $$;

INSERT INTO vital_sample SELECT * FROM vital_sample_before;
INSERT INTO position_fix SELECT * FROM position_fix_before;
INSERT INTO device_status SELECT * FROM device_status_before;
DROP TABLE vital_sample_before, position_fix_before, device_status_before;

CREATE INDEX vital_sample_by_patient ON vital_sample (patient_id, true_at)
    WHERE patient_id IS NOT NULL;
CREATE INDEX vital_sample_by_unit ON vital_sample (unit_id, true_at);
CREATE INDEX position_fix_by_unit ON position_fix (unit_id, true_at);
CREATE INDEX device_status_by_unit ON device_status (unit_id, true_at);
CREATE INDEX device_link_by_unit ON device_link (unit_id, true_at);
CREATE INDEX waveform_block_by_patient ON waveform_block (patient_id, true_at)
    WHERE patient_id IS NOT NULL;
CREATE INDEX waveform_block_by_unit ON waveform_block (unit_id, true_at);
