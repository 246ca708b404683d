-- The sample store of the data plane: what devices sent, once each, and what could not be read.
--
-- Rows are keyed by (device_id, boot_id, seq), which is what makes every insert idempotent; device
-- ids are unique in a county. Three times: observed_at is the device's own word and never orders
-- anything, received_at is the core's clock, true_at is the core's estimate of when it was so
-- (received_at less the delay on the way, see telemetry/skew.py) and is what replay reads by.

CREATE TABLE vital_sample (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    seq          bigint      NOT NULL CHECK (seq >= 1),
    unit_id      text        NOT NULL,
    patient_id   text,
    observed_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    true_at      timestamptz NOT NULL,
    skew_ms      bigint,
    is_late      boolean     NOT NULL,
    numerics     jsonb       NOT NULL, -- {code: {value, unit, quality, state, reason, measured_at}}
    acvpu        text,
    on_oxygen    boolean,
    oxygen_litres_per_min double precision,
    source       text        NOT NULL,
    recording    text,
    PRIMARY KEY (device_id, boot_id, seq)
);
CREATE INDEX vital_sample_by_patient ON vital_sample (patient_id, true_at)
    WHERE patient_id IS NOT NULL;
CREATE INDEX vital_sample_by_unit ON vital_sample (unit_id, true_at);

CREATE TABLE position_fix (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    seq          bigint      NOT NULL CHECK (seq >= 1),
    unit_id      text        NOT NULL,
    observed_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    true_at      timestamptz NOT NULL,
    skew_ms      bigint,
    is_late      boolean     NOT NULL,
    lon          double precision NOT NULL, -- WGS-84; as sent when doubtful says it is no place
    lat          double precision NOT NULL,
    sent_lon     double precision NOT NULL,
    sent_lat     double precision NOT NULL,
    datum        text        NOT NULL,
    speed_kmh    double precision,
    heading_deg  double precision,
    accuracy_m   double precision,
    doubtful     text,
    PRIMARY KEY (device_id, boot_id, seq)
);
CREATE INDEX position_fix_by_unit ON position_fix (unit_id, true_at);

CREATE TABLE device_status (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    seq          bigint      NOT NULL CHECK (seq >= 1),
    unit_id      text        NOT NULL,
    observed_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    true_at      timestamptz NOT NULL,
    skew_ms      bigint,
    is_late      boolean     NOT NULL,
    state        text        NOT NULL,
    battery_pct  double precision,
    PRIMARY KEY (device_id, boot_id, seq)
);
CREATE INDEX device_status_by_unit ON device_status (unit_id, true_at);

-- How far each boot is committed without a hole. It may lag by one batch: rows above it are read
-- again when a cursor is recovered, so it only saves work and is never the truth.
CREATE TABLE device_cursor (
    device_id    text        NOT NULL,
    boot_id      text        NOT NULL,
    contiguous   bigint      NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (device_id, boot_id)
);

-- What could not be read, raw, once per distinct payload with a count. Bounded per (source, reason):
-- beyond the bound a row with an empty digest only counts. source is the unit, or '-' if unknown.
CREATE TABLE quarantine (
    source       text        NOT NULL,
    reason       text        NOT NULL,
    digest       bytea       NOT NULL,
    topic        text        NOT NULL,
    detail       text        NOT NULL,
    raw          bytea       NOT NULL,
    raw_bytes    integer     NOT NULL, -- as received; raw may be shorter
    device_id    text,
    boot_id      text,
    seq          bigint,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    count        bigint      NOT NULL,
    PRIMARY KEY (source, reason, digest)
);
CREATE INDEX quarantine_by_seq ON quarantine (device_id, boot_id, seq) WHERE seq IS NOT NULL;
