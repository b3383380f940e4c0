-- The public record: headers (the leaves), bodies beside them, the Merkle tree's nodes, and what was signed.
CREATE TABLE record_head (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL CHECK (size >= 0),
    -- The hashes at the tree's right edge, largest subtree first: all that appending needs.
    peaks BLOB NOT NULL,
    -- The latest time that an entry carries: none is appended before it.
    last_at INTEGER NOT NULL
) STRICT;
INSERT INTO record_head (one, size, peaks, last_at) VALUES (1, 0, X'', 0);

CREATE TABLE record_entries (
    position INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    jurisdiction BLOB,
    cycle BLOB,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    header TEXT NOT NULL
) STRICT;
CREATE INDEX record_entries_cycle ON record_entries (jurisdiction, cycle, position);
CREATE INDEX record_entries_kind ON record_entries (jurisdiction, cycle, kind, position);
CREATE TRIGGER record_entries_no_update BEFORE UPDATE ON record_entries
    BEGIN SELECT RAISE(ABORT, 'record_entries is append-only'); END;
CREATE TRIGGER record_entries_no_delete BEFORE DELETE ON record_entries
    BEGIN SELECT RAISE(ABORT, 'record_entries is append-only'); END;

-- A body that was taken down keeps its row: the hash stays in the tree, text and salt go, the reason comes.
CREATE TABLE record_bodies (
    hash BLOB NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL CONSTRAINT record_bodies_position UNIQUE REFERENCES record_entries (position),
    salt BLOB,
    body TEXT,
    taken_down_at INTEGER,
    reason TEXT,
    CONSTRAINT record_bodies_shown_or_taken_down CHECK (
        (salt IS NOT NULL AND body IS NOT NULL AND taken_down_at IS NULL AND reason IS NULL)
        OR (salt IS NULL AND body IS NULL AND taken_down_at IS NOT NULL AND reason IS NOT NULL)
    )
) STRICT;
CREATE TRIGGER record_bodies_no_update BEFORE UPDATE ON record_bodies
    WHEN NEW.hash <> OLD.hash OR NEW.position <> OLD.position OR OLD.body IS NULL OR NEW.body IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a body in the record can only be taken down'); END;
CREATE TRIGGER record_bodies_no_delete BEFORE DELETE ON record_bodies
    BEGIN SELECT RAISE(ABORT, 'a body in the record can only be taken down'); END;

-- Who asks to take a body down, and who else confirmed it. A request that was withdrawn leaves no row.
CREATE TABLE takedown_requests (
    position INTEGER NOT NULL PRIMARY KEY REFERENCES record_entries (position),
    reason TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES accounts (id),
    asked_at INTEGER NOT NULL,
    confirmed_by BLOB REFERENCES accounts (id),
    confirmed_at INTEGER,
    CONSTRAINT takedown_requests_confirmed CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
    CONSTRAINT takedown_requests_two_people CHECK (confirmed_by <> asked_by)
) STRICT;

-- The hash of every complete subtree; `level` 0 are the leaves.
CREATE TABLE record_nodes (
    level INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER record_nodes_no_update BEFORE UPDATE ON record_nodes
    BEGIN SELECT RAISE(ABORT, 'record_nodes is append-only'); END;
CREATE TRIGGER record_nodes_no_delete BEFORE DELETE ON record_nodes
    BEGIN SELECT RAISE(ABORT, 'record_nodes is append-only'); END;

-- Every checkpoint that was signed: what was published once is never signed otherwise. Without its time, which would be
-- that of the ballot whose receipt asked for it.
CREATE TABLE record_checkpoints (
    size INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;
CREATE TRIGGER record_checkpoints_no_update BEFORE UPDATE ON record_checkpoints
    BEGIN SELECT RAISE(ABORT, 'record_checkpoints is append-only'); END;
CREATE TRIGGER record_checkpoints_no_delete BEFORE DELETE ON record_checkpoints
    BEGIN SELECT RAISE(ABORT, 'record_checkpoints is append-only'); END;
