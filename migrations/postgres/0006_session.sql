-- The congress session: polls, their rules, scrutineers, check-in, roll, ballots and count.
CREATE TABLE polls (
    jurisdiction UUID NOT NULL,
    id UUID NOT NULL,
    cycle UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('main', 'run_off', 'second_ballot', 'adoption', 'evaluation')),
    -- The poll that left what this one decides: a tie, or empty places.
    follows UUID,
    -- The poll at whose check-in the roll of this one was made: most often itself.
    check_in UUID NOT NULL,
    -- The poll whose scrutineers' keys count this one: itself, or the vote that it follows.
    keys_of UUID NOT NULL,
    title TEXT NOT NULL,
    -- The id that ballots name: 14 letters of base 58.
    election_uuid TEXT NOT NULL CONSTRAINT polls_election UNIQUE,
    -- SHA-256 of the candidates' published facts, where the poll is about candidates.
    facts_sha256 TEXT,
    -- SHA-256 of the roster as the poll's part of the record has it.
    roster_sha256 TEXT NOT NULL,
    -- Whether the check-in asks for the code that the hall's screen shows.
    check_in_code BOOLEAN NOT NULL DEFAULT TRUE,
    state TEXT NOT NULL CHECK (state IN
        ('drafted', 'rules_adopted', 'frozen', 'open', 'closed', 'decrypted', 'announced',
         'withdrawn', 'voided')),
    rule_draft TEXT,
    rule_sha256 TEXT,
    hands_in_favour INTEGER,
    hands_against INTEGER,
    hands_abstained INTEGER,
    -- How many of the scrutineers are enough to open the count.
    threshold INTEGER,
    adopted_at BIGINT,
    roll_sha256 TEXT,
    fingerprint TEXT,
    present INTEGER,
    frozen_at BIGINT,
    opened_at BIGINT,
    -- Until when the office plans to let deputies vote; it closes nothing.
    planned_end BIGINT,
    returned INTEGER,
    closed_at BIGINT,
    decrypted_at BIGINT,
    announced_at BIGINT,
    -- A poll that was withdrawn or is void: when, and why.
    ended_at BIGINT,
    end_reason TEXT,
    end_explanation TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, follows) REFERENCES polls (jurisdiction, id),
    FOREIGN KEY (jurisdiction, check_in) REFERENCES polls (jurisdiction, id),
    FOREIGN KEY (jurisdiction, keys_of) REFERENCES polls (jurisdiction, id)
);
-- A second poll of the same kind can only be called when the first is over.
CREATE UNIQUE INDEX polls_one_running ON polls (jurisdiction, cycle, kind)
    WHERE state NOT IN ('announced', 'withdrawn', 'voided');
CREATE INDEX polls_of_cycle ON polls (jurisdiction, cycle, created_at);
-- What was adopted and what was frozen stays (promise 5).
CREATE FUNCTION polls_stay_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.rule_sha256 IS NOT NULL AND NEW.rule_sha256 IS DISTINCT FROM OLD.rule_sha256 THEN
        RAISE EXCEPTION 'an adopted rule is fixed';
    END IF;
    IF OLD.fingerprint IS NOT NULL AND (NEW.fingerprint IS DISTINCT FROM OLD.fingerprint
            OR NEW.roll_sha256 IS DISTINCT FROM OLD.roll_sha256) THEN
        RAISE EXCEPTION 'a frozen election is fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER polls_stay_fixed BEFORE UPDATE ON polls FOR EACH ROW EXECUTE FUNCTION polls_stay_fixed();

-- What is voted on, in the official order.
CREATE TABLE poll_items (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    position INTEGER NOT NULL,
    -- The official number, the item's id in the rule: QH26-01.
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Unit and money (in fen), to tell items apart on the ballot.
    unit TEXT,
    budget BIGINT,
    -- The candidate or project.
    source UUID,
    PRIMARY KEY (jurisdiction, poll, position),
    CONSTRAINT poll_items_code UNIQUE (jurisdiction, poll, code),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- Who holds the keys to the count. `number` is the trustee's number in the election, from 1.
CREATE TABLE poll_scrutineers (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    account UUID NOT NULL REFERENCES accounts (id),
    -- Roster number and name.
    deputy_number INTEGER NOT NULL,
    name TEXT NOT NULL,
    public_key TEXT,
    key_at BIGINT,
    PRIMARY KEY (jurisdiction, poll, number),
    CONSTRAINT poll_scrutineers_account UNIQUE (jurisdiction, poll, account),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- Who else leads the count, as the meeting adopted it: chairs and tellers. A teller may be no deputy.
CREATE TABLE poll_officers (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    account UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN ('chair', 'teller')),
    deputy_number INTEGER,
    name TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, account, role),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- Freeze, open and close need the office and the chief scrutineer, two people.
CREATE TABLE poll_confirmations (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('freeze', 'open', 'close', 'withdraw', 'void', 'lot')),
    side TEXT NOT NULL CHECK (side IN ('office', 'chief_scrutineer')),
    account UUID NOT NULL REFERENCES accounts (id),
    -- The hash of what was confirmed: what has another one is not confirmed.
    matter TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, step, side),
    CONSTRAINT poll_confirmations_two_people UNIQUE (jurisdiction, poll, step, account),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- What one side has put forward and both must confirm: that the poll is withdrawn or void, and why; which lots were drawn.
CREATE TABLE poll_motions (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('withdraw', 'void', 'lot')),
    -- JSON, as it is hashed and confirmed.
    motion TEXT NOT NULL,
    account UUID NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, step),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- Who checked in (签到).
CREATE TABLE poll_attendance (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    deputy UUID NOT NULL,
    checked_in_at BIGINT NOT NULL,
    -- Without a device: votes on paper.
    on_paper BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (jurisdiction, poll, deputy),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id),
    FOREIGN KEY (jurisdiction, deputy) REFERENCES deputies (jurisdiction, id)
);

-- Personal codes of the desk for who cannot read the screen: what each is computed from, together with the data key.
CREATE TABLE poll_desk_codes (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    deputy UUID NOT NULL,
    nonce BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, deputy),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id),
    FOREIGN KEY (jurisdiction, deputy) REFERENCES deputies (jurisdiction, id)
);

-- Who has leave (请假), as the desk noted it.
CREATE TABLE poll_leaves (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    deputy UUID NOT NULL,
    entered_by UUID NOT NULL REFERENCES accounts (id),
    entered_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, deputy),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id),
    FOREIGN KEY (jurisdiction, deputy) REFERENCES deputies (jurisdiction, id)
);

-- The public parts of the credentials that are set aside for paper, by election, as JSON: made by a teller's device, and put on
-- the roll at the freeze.
CREATE TABLE poll_paper_reserves (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    account UUID NOT NULL REFERENCES accounts (id),
    credentials TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- Papers that were handed out: the number stands on the stub, never on what goes into the box. Who has which is forgotten at the
-- close.
CREATE TABLE poll_papers (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    deputy UUID NOT NULL,
    -- Whether somebody helps to write (代写).
    helped BOOLEAN NOT NULL DEFAULT FALSE,
    -- Whether it came back spoiled; another was handed out for it.
    spoiled BOOLEAN NOT NULL DEFAULT FALSE,
    at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, number),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id),
    FOREIGN KEY (jurisdiction, deputy) REFERENCES deputies (jurisdiction, id)
);

-- What two tellers typed of the papers, as keyed marks: a count, and one a sheet. The key is on their devices only.
CREATE TABLE poll_paper_lists (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('first', 'second')),
    account UUID NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    marks TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, side),
    CONSTRAINT poll_paper_lists_account UNIQUE (jurisdiction, poll, account),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- A delegation's head has confirmed who of it is present: those of this hash, and no longer than it is theirs.
CREATE TABLE poll_headcounts (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    delegation UUID NOT NULL,
    head UUID NOT NULL,
    names_sha256 TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, delegation),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id),
    FOREIGN KEY (jurisdiction, delegation) REFERENCES delegations (jurisdiction, id),
    FOREIGN KEY (jurisdiction, head) REFERENCES deputies (jurisdiction, id)
);

-- Whose device made which credential: until the freeze, when every row of the poll is deleted. Sealed under a key of the
-- poll that lies beside the database and is destroyed after the freeze; the keyed hash tells two devices with one credential.
CREATE TABLE poll_links (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    deputy UUID NOT NULL,
    -- 0: this poll's credential; from 1: those of the reserved elections, in the rule's order.
    slot INTEGER NOT NULL CHECK (slot >= 0),
    sealed BYTEA NOT NULL,
    credential_mac BYTEA NOT NULL,
    PRIMARY KEY (jurisdiction, poll, deputy, slot),
    CONSTRAINT poll_links_credential UNIQUE (jurisdiction, poll, credential_mac),
    FOREIGN KEY (jurisdiction, poll, deputy) REFERENCES poll_attendance (jurisdiction, poll, deputy)
);

-- The roll: public credentials, sorted, under no name.
CREATE TABLE poll_roll (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    credential TEXT NOT NULL,
    -- Set aside for paper: no device of a deputy has it.
    of_paper BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (jurisdiction, poll, credential),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- The rolls of the elections that are reserved for polls that may follow, fixed with the roll of the poll itself.
CREATE TABLE poll_reserved_rolls (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    election_uuid TEXT NOT NULL,
    -- The public credentials, sorted, as the record has them.
    roll TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, election_uuid),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- The exact bytes of what is hashed, signed or archived.
CREATE TABLE poll_objects (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('rule', 'trustees', 'roll', 'election', 'encrypted_tally', 'result', 'outcome', 'lot', 'paper')),
    text TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, kind),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- One ballot a credential, and no two with one tracker (promise 2).
CREATE TABLE poll_ballots (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    sequence INTEGER NOT NULL,
    credential TEXT NOT NULL,
    tracker TEXT NOT NULL,
    ballot TEXT NOT NULL,
    -- The entry in the public record.
    entry BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, sequence),
    CONSTRAINT poll_ballots_credential UNIQUE (jurisdiction, poll, credential),
    CONSTRAINT poll_ballots_tracker UNIQUE (tracker),
    FOREIGN KEY (jurisdiction, poll, credential) REFERENCES poll_roll (jurisdiction, poll, credential)
);

-- Number and day of the presidium's announcement (公告), which the office enters once after the result was announced.
CREATE TABLE poll_announcements (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    -- The year of the day, in which the number stands once.
    year INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    dated_on TEXT NOT NULL,
    entered_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll),
    CONSTRAINT poll_announcements_number UNIQUE (jurisdiction, year, number),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

-- Ballots that were challenged: their choices have been shown, so none of them may be cast. As many of a credential as
-- anybody needs; no time, and no order but that of one credential.
CREATE TABLE poll_spoiled (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    credential TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 5),
    tracker TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, credential, number),
    CONSTRAINT poll_spoiled_tracker UNIQUE (jurisdiction, poll, tracker),
    FOREIGN KEY (jurisdiction, poll, credential) REFERENCES poll_roll (jurisdiction, poll, credential)
);

CREATE TABLE poll_statements (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('approval', 'closing')),
    number INTEGER NOT NULL,
    -- Signed by the trustee's device, as in the record.
    statement TEXT NOT NULL,
    stated_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, kind, number),
    FOREIGN KEY (jurisdiction, poll, number) REFERENCES poll_scrutineers (jurisdiction, poll, number)
);

-- The ceremonies in which scrutineers make one key together. `attempt` counts them, from 1.
CREATE TABLE poll_ceremony_messages (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt > 0),
    round TEXT NOT NULL CHECK (round IN
        ('1-certificate', '2-commitment', '3-polynomial', '4-acknowledgement')),
    number INTEGER NOT NULL,
    -- As in the record.
    message TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, attempt, round, number),
    FOREIGN KEY (jurisdiction, poll, number) REFERENCES poll_scrutineers (jurisdiction, poll, number)
);

-- Complaints about a share in a ceremony, each judged by everybody in the same way.
CREATE TABLE poll_ceremony_complaints (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt > 0),
    number INTEGER NOT NULL,
    against INTEGER NOT NULL,
    is_true BOOLEAN NOT NULL,
    -- As in the record.
    complaint TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, attempt, number, against),
    FOREIGN KEY (jurisdiction, poll, number) REFERENCES poll_scrutineers (jurisdiction, poll, number)
);

-- Why a ceremony failed, so that `attempt` began.
CREATE TABLE poll_ceremony_restarts (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt > 1),
    reason TEXT NOT NULL,
    restarted_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, attempt),
    FOREIGN KEY (jurisdiction, poll) REFERENCES polls (jurisdiction, id)
);

CREATE TABLE poll_partials (
    jurisdiction UUID NOT NULL,
    poll UUID NOT NULL,
    number INTEGER NOT NULL,
    -- Sealed until the announcement: all of them together are the result.
    sealed BYTEA NOT NULL,
    given_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, poll, number),
    FOREIGN KEY (jurisdiction, poll, number) REFERENCES poll_scrutineers (jurisdiction, poll, number)
);

CREATE FUNCTION session_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER poll_items_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_items
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_roll_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_roll
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_reserved_rolls_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_reserved_rolls
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_objects_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_objects
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_announcements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_announcements
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_spoiled_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_spoiled
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_ballots_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_ballots
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_statements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_statements
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_partials_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_partials
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_ceremony_messages_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_ceremony_messages
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
CREATE TRIGGER poll_ceremony_restarts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON poll_ceremony_restarts
    FOR EACH STATEMENT EXECUTE FUNCTION session_is_append_only();
