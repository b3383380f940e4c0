-- Jurisdictions, cycles, and the audit trail.
CREATE TABLE jurisdictions (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL CONSTRAINT jurisdictions_slug UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('province', 'city', 'county', 'town', 'street')),
    parent UUID REFERENCES jurisdictions (id),
    created_at BIGINT NOT NULL
);

-- What a jurisdiction settles for itself: every version that ever was, the newest in force.
CREATE TABLE jurisdiction_settings (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    version INTEGER NOT NULL CHECK (version > 0),
    document TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT jurisdiction_settings_version PRIMARY KEY (jurisdiction, version)
);

CREATE TABLE cycles (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    id UUID NOT NULL,
    year INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2999),
    term INTEGER NOT NULL CHECK (term > 0),
    session INTEGER NOT NULL CHECK (session > 0),
    places INTEGER NOT NULL CHECK (places > 0),
    stage TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    CONSTRAINT cycles_year UNIQUE (jurisdiction, year)
);

CREATE TABLE cycle_schedules (
    jurisdiction UUID NOT NULL,
    cycle UUID NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    document TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT cycle_schedules_version PRIMARY KEY (jurisdiction, cycle, version),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id)
);

CREATE TABLE audit (
    line BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    account UUID,
    jurisdiction UUID,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (jurisdiction, at);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- What only the right data.key opens: another is found out before anything is sealed by it. One row, made with the key.
CREATE TABLE data_key_check (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed BYTEA NOT NULL
);
