-- Verdicts of announced evaluation polls, their consequences, residents' ratings.
CREATE TABLE project_verdicts (
    jurisdiction BLOB NOT NULL,
    project BLOB NOT NULL,
    poll BLOB NOT NULL,
    unanswered INTEGER NOT NULL CHECK (unanswered >= 0),
    base INTEGER NOT NULL CHECK (base >= 0),
    -- A level of the poll's rule; NULL where nobody was left in the base.
    verdict TEXT,
    announced_at INTEGER NOT NULL,
    announced_on TEXT NOT NULL,
    CONSTRAINT project_verdicts_once PRIMARY KEY (jurisdiction, project, poll),
    FOREIGN KEY (jurisdiction, project) REFERENCES projects (jurisdiction, id)
) STRICT;

-- The votes of a verdict, level by level as its rule has them.
CREATE TABLE project_verdict_levels (
    jurisdiction BLOB NOT NULL,
    project BLOB NOT NULL,
    poll BLOB NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    level TEXT NOT NULL,
    label TEXT NOT NULL,
    -- NULL for a level that is never the verdict (不了解, 弃权).
    rank TEXT CHECK (rank IN ('best', 'between', 'lowest')),
    votes INTEGER NOT NULL CHECK (votes >= 0),
    -- NULL where the rule sets no share.
    needed INTEGER CHECK (needed >= 0),
    PRIMARY KEY (jurisdiction, project, poll, level),
    FOREIGN KEY (jurisdiction, project, poll) REFERENCES project_verdicts (jurisdiction, project, poll)
) STRICT;

-- 二次办理: ordered by a verdict, answered by the unit.
CREATE TABLE rework_orders (
    jurisdiction BLOB NOT NULL,
    project BLOB NOT NULL,
    poll BLOB NOT NULL,
    ordered_on TEXT NOT NULL,
    due TEXT NOT NULL,
    answer TEXT,
    answered_on TEXT CHECK ((answered_on IS NULL) = (answer IS NULL)),
    PRIMARY KEY (jurisdiction, project, poll),
    FOREIGN KEY (jurisdiction, project, poll) REFERENCES project_verdicts (jurisdiction, project, poll)
) STRICT;

-- A stage that begins by an exception: the office asks, with a reason, and another person in another office confirms.
CREATE TABLE stage_exceptions (
    jurisdiction BLOB NOT NULL,
    cycle BLOB NOT NULL,
    stage TEXT NOT NULL,
    open_reworks INTEGER NOT NULL CHECK (open_reworks > 0),
    reason TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES accounts (id),
    asked_at INTEGER NOT NULL,
    confirmed_by BLOB REFERENCES accounts (id),
    confirmed_as TEXT CHECK ((confirmed_as IS NULL) = (confirmed_by IS NULL)),
    confirmed_at INTEGER CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
    PRIMARY KEY (jurisdiction, cycle, stage),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    CONSTRAINT stage_exceptions_two_people CHECK (confirmed_by <> asked_by)
) STRICT;

-- One rating a resident; a later one replaces it.
CREATE TABLE project_ratings (
    jurisdiction BLOB NOT NULL,
    project BLOB NOT NULL,
    account BLOB NOT NULL REFERENCES accounts (id),
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    comment TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    CONSTRAINT project_ratings_once PRIMARY KEY (jurisdiction, project, account),
    FOREIGN KEY (jurisdiction, project) REFERENCES projects (jurisdiction, id)
) STRICT;
CREATE INDEX project_ratings_of_account ON project_ratings (account);
CREATE TRIGGER project_verdicts_no_update BEFORE UPDATE ON project_verdicts
    BEGIN SELECT RAISE(ABORT, 'project_verdicts is append-only'); END;
CREATE TRIGGER project_verdicts_no_delete BEFORE DELETE ON project_verdicts
    BEGIN SELECT RAISE(ABORT, 'project_verdicts is append-only'); END;
CREATE TRIGGER project_verdict_levels_no_update BEFORE UPDATE ON project_verdict_levels
    BEGIN SELECT RAISE(ABORT, 'project_verdict_levels is append-only'); END;
CREATE TRIGGER project_verdict_levels_no_delete BEFORE DELETE ON project_verdict_levels
    BEGIN SELECT RAISE(ABORT, 'project_verdict_levels is append-only'); END;
