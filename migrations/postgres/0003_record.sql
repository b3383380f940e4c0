-- The public record: headers (the leaves), bodies beside them, the Merkle tree's nodes, and what was signed.
CREATE TABLE record_head (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    size BIGINT NOT NULL CHECK (size >= 0),
    -- The hashes at the tree's right edge, largest subtree first: all that appending needs.
    peaks BYTEA NOT NULL,
    -- The latest time that an entry carries: none is appended before it.
    last_at BIGINT NOT NULL
);
INSERT INTO record_head (one, size, peaks, last_at) VALUES (1, 0, ''::bytea, 0);

CREATE TABLE record_entries (
    position BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    jurisdiction UUID,
    cycle UUID,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    header TEXT NOT NULL
);
CREATE INDEX record_entries_cycle ON record_entries (jurisdiction, cycle, position);
CREATE INDEX record_entries_kind ON record_entries (jurisdiction, cycle, kind, position);

-- A body that was taken down keeps its row: the hash stays in the tree, text and salt go, the reason comes.
CREATE TABLE record_bodies (
    hash BYTEA NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL CONSTRAINT record_bodies_position UNIQUE REFERENCES record_entries (position),
    salt BYTEA,
    body TEXT,
    taken_down_at BIGINT,
    reason TEXT,
    CONSTRAINT record_bodies_shown_or_taken_down CHECK (
        (salt IS NOT NULL AND body IS NOT NULL AND taken_down_at IS NULL AND reason IS NULL)
        OR (salt IS NULL AND body IS NULL AND taken_down_at IS NOT NULL AND reason IS NOT NULL)
    )
);

-- Who asks to take a body down, and who else confirmed it. A request that was withdrawn leaves no row.
CREATE TABLE takedown_requests (
    position BIGINT NOT NULL PRIMARY KEY REFERENCES record_entries (position),
    reason TEXT NOT NULL,
    asked_by UUID NOT NULL REFERENCES accounts (id),
    asked_at BIGINT NOT NULL,
    confirmed_by UUID REFERENCES accounts (id),
    confirmed_at BIGINT,
    CONSTRAINT takedown_requests_confirmed CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
    CONSTRAINT takedown_requests_two_people CHECK (confirmed_by <> asked_by)
);

-- The hash of every complete subtree; `level` 0 are the leaves.
CREATE TABLE record_nodes (
    level BIGINT NOT NULL,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (level, position)
);

-- Every checkpoint that was signed: what was published once is never signed otherwise. Without its time, which would be
-- that of the ballot whose receipt asked for it.
CREATE TABLE record_checkpoints (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
);

CREATE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER record_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_entries
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER record_nodes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER record_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER record_bodies_stay BEFORE DELETE OR TRUNCATE ON record_bodies
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER record_bodies_only_taken_down BEFORE UPDATE ON record_bodies FOR EACH ROW
    WHEN (NEW.hash <> OLD.hash OR NEW.position <> OLD.position OR OLD.body IS NULL OR NEW.body IS NOT NULL)
    EXECUTE FUNCTION record_is_append_only();
