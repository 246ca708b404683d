-- Enrolment of devices: a code that an administrator gave out, and what became of it. One row a code.
--
-- Neither code nor password is stored: code_hash is an HMAC under the installation's key, so that who
-- reads the table cannot try codes, and the password is derived from key and code when it is needed.
-- A device enrolled again revokes its row before; the certificate's serial goes into the revocation
-- list then.

CREATE TABLE device_enrolment (
    enrolment_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id      text        NOT NULL,
    device_id    text        NOT NULL,
    kind         text        NOT NULL,
    code_hash    bytea       NOT NULL UNIQUE,
    created_by   text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    used_from    text,
    certificate_serial text, -- hex
    certificate_until timestamptz,
    revoked_at   timestamptz,
    revoked_by   text        -- a person, or 'enrolled again'
);
CREATE INDEX device_enrolment_by_device ON device_enrolment (device_id);

-- Tries with a code that did not open, by address: what bounds guessing.
CREATE TABLE enrolment_attempt (
    address      text        NOT NULL,
    at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX enrolment_attempt_by_time ON enrolment_attempt (at);
