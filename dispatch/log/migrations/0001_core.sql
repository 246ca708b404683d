-- The event log, its head, outcomes of commands, snapshots, identities, people who sign in.
-- Every table lives in the county's own schema: search_path is set by the connection.

CREATE TABLE head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq bigint NOT NULL
);
INSERT INTO head (seq) VALUES (0);

CREATE TABLE event (
    seq bigint PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor jsonb NOT NULL,
    command_id text NOT NULL,
    incident_id text,
    type text NOT NULL,
    body jsonb NOT NULL
);
CREATE INDEX event_by_incident ON event (incident_id, seq) WHERE incident_id IS NOT NULL;
CREATE INDEX event_by_type ON event (type, seq);

-- What became of each command, accepted or refused: sending it again returns this.
CREATE TABLE command_outcome (
    command_id text PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    outcome jsonb NOT NULL
);

CREATE TABLE snapshot (
    seq bigint PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    form text NOT NULL,
    body bytea NOT NULL
);

-- Names, numbers, addresses: never in the log, always encrypted, correctable and erasable.
CREATE TABLE identity (
    subject_id text PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    body bytea NOT NULL
);

CREATE TABLE app_user (
    user_id text PRIMARY KEY,
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('dispatcher', 'crew', 'hospital', 'admin')),
    unit_id text,
    facility_id text,
    password_hash text NOT NULL,
    is_disabled boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((role = 'crew') = (unit_id IS NOT NULL)),
    CHECK ((role = 'hospital') = (facility_id IS NOT NULL))
);

-- Sessions are kept as hashes: who reads this table cannot sign in with it.
CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    user_id text NOT NULL REFERENCES app_user ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
);

CREATE TABLE socket_ticket (
    ticket_hash bytea PRIMARY KEY,
    token_hash bytea NOT NULL REFERENCES session ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

CREATE TABLE login_attempt (
    login text NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX login_attempt_recent ON login_attempt (login, address, at);

-- What was on whose screen and when, for replay: pre-alerts are events; this is the rest.
CREATE TABLE viewed (
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_id text NOT NULL,
    audience text NOT NULL,
    action text NOT NULL,
    seq bigint NOT NULL
);
CREATE INDEX viewed_by_time ON viewed (at);

-- One round trip: lock the head, compare, insert, advance. Where the head has moved, or a command
-- is already known, nothing is inserted and the caller is told; it folds, decides again and retries.
CREATE FUNCTION append_events(expected bigint, events jsonb, outcomes jsonb, identities jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    present bigint;
    known jsonb;
BEGIN
    SELECT seq INTO present FROM head FOR UPDATE;
    SELECT jsonb_object_agg(c.command_id, c.outcome) INTO known
        FROM command_outcome c
        WHERE c.command_id IN (SELECT o ->> 'command_id' FROM jsonb_array_elements(outcomes) o);
    IF known IS NOT NULL OR present <> expected THEN
        RETURN jsonb_build_object('done', false, 'seq', present, 'known', known);
    END IF;
    INSERT INTO event (seq, recorded_at, occurred_at, actor, command_id, incident_id, type, body)
        SELECT (e ->> 'seq')::bigint, (e ->> 'recorded_at')::timestamptz,
               (e ->> 'occurred_at')::timestamptz, e -> 'actor', e ->> 'command_id',
               e ->> 'incident_id', e -> 'event' ->> 'event', e -> 'event'
        FROM jsonb_array_elements(events) e;
    INSERT INTO command_outcome (command_id, recorded_at, outcome)
        SELECT o ->> 'command_id', (o ->> 'recorded_at')::timestamptz, o -> 'outcome'
        FROM jsonb_array_elements(outcomes) o;
    INSERT INTO identity (subject_id, body)
        SELECT i ->> 'subject_id', decode(i ->> 'body', 'base64')
        FROM jsonb_array_elements(identities) i;
    UPDATE head SET seq = expected + jsonb_array_length(events);
    RETURN jsonb_build_object('done', true, 'seq', expected + jsonb_array_length(events));
END
$$;
