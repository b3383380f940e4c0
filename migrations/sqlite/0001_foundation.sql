-- Jurisdictions, cycles, and the audit trail.
CREATE TABLE jurisdictions (
    id BLOB NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL CONSTRAINT jurisdictions_slug UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('province', 'city', 'county', 'town', 'street')),
    parent BLOB REFERENCES jurisdictions (id),
    created_at INTEGER NOT NULL
) STRICT;

-- What a jurisdiction settles for itself: every version that ever was, the newest in force.
CREATE TABLE jurisdiction_settings (
    jurisdiction BLOB NOT NULL REFERENCES jurisdictions (id),
    version INTEGER NOT NULL CHECK (version > 0),
    document TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    CONSTRAINT jurisdiction_settings_version PRIMARY KEY (jurisdiction, version)
) STRICT;

CREATE TABLE cycles (
    jurisdiction BLOB NOT NULL REFERENCES jurisdictions (id),
    id BLOB NOT NULL,
    year INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2999),
    term INTEGER NOT NULL CHECK (term > 0),
    session INTEGER NOT NULL CHECK (session > 0),
    places INTEGER NOT NULL CHECK (places > 0),
    stage TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    CONSTRAINT cycles_year UNIQUE (jurisdiction, year)
) STRICT;

CREATE TABLE cycle_schedules (
    jurisdiction BLOB NOT NULL,
    cycle BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    document TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    CONSTRAINT cycle_schedules_version PRIMARY KEY (jurisdiction, cycle, version),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id)
) STRICT;

CREATE TABLE audit (
    line INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account BLOB,
    jurisdiction BLOB,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    details TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (jurisdiction, at);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- What only the right data.key opens: another is found out before anything is sealed by it. One row, made with the key.
CREATE TABLE data_key_check (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed BLOB NOT NULL
) STRICT;
