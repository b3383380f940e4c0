-- Verdicts of announced evaluation polls, their consequences, residents' ratings.
CREATE TABLE project_verdicts (
    jurisdiction UUID NOT NULL,
    project UUID NOT NULL,
    poll UUID NOT NULL,
    unanswered INTEGER NOT NULL CHECK (unanswered >= 0),
    base INTEGER NOT NULL CHECK (base >= 0),
    -- A level of the poll's rule; NULL where nobody was left in the base.
    verdict TEXT,
    announced_at BIGINT NOT NULL,
    announced_on TEXT NOT NULL,
    CONSTRAINT project_verdicts_once PRIMARY KEY (jurisdiction, project, poll),
    FOREIGN KEY (jurisdiction, project) REFERENCES projects (jurisdiction, id)
);

-- The votes of a verdict, level by level as its rule has them.
CREATE TABLE project_verdict_levels (
    jurisdiction UUID NOT NULL,
    project UUID NOT NULL,
    poll UUID NOT NULL,
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
);

-- 二次办理: ordered by a verdict, answered by the unit.
CREATE TABLE rework_orders (
    jurisdiction UUID NOT NULL,
    project UUID NOT NULL,
    poll UUID NOT NULL,
    ordered_on TEXT NOT NULL,
    due TEXT NOT NULL,
    answer TEXT,
    answered_on TEXT CHECK ((answered_on IS NULL) = (answer IS NULL)),
    PRIMARY KEY (jurisdiction, project, poll),
    FOREIGN KEY (jurisdiction, project, poll) REFERENCES project_verdicts (jurisdiction, project, poll)
);

-- A stage that begins by an exception: the office asks, with a reason, and another person in another office confirms.
CREATE TABLE stage_exceptions (
    jurisdiction UUID NOT NULL,
    cycle UUID NOT NULL,
    stage TEXT NOT NULL,
    open_reworks INTEGER NOT NULL CHECK (open_reworks > 0),
    reason TEXT NOT NULL,
    asked_by UUID NOT NULL REFERENCES accounts (id),
    asked_at BIGINT NOT NULL,
    confirmed_by UUID REFERENCES accounts (id),
    confirmed_as TEXT CHECK ((confirmed_as IS NULL) = (confirmed_by IS NULL)),
    confirmed_at BIGINT CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
    PRIMARY KEY (jurisdiction, cycle, stage),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    CONSTRAINT stage_exceptions_two_people CHECK (confirmed_by <> asked_by)
);

-- One rating a resident; a later one replaces it.
CREATE TABLE project_ratings (
    jurisdiction UUID NOT NULL,
    project UUID NOT NULL,
    account UUID NOT NULL REFERENCES accounts (id),
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    comment TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    CONSTRAINT project_ratings_once PRIMARY KEY (jurisdiction, project, account),
    FOREIGN KEY (jurisdiction, project) REFERENCES projects (jurisdiction, id)
);
CREATE INDEX project_ratings_of_account ON project_ratings (account);
CREATE FUNCTION project_verdicts_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'project_verdicts is append-only'; END $$;
CREATE TRIGGER project_verdicts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON project_verdicts
    FOR EACH STATEMENT EXECUTE FUNCTION project_verdicts_are_append_only();
CREATE FUNCTION project_verdict_levels_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'project_verdict_levels is append-only'; END $$;
CREATE TRIGGER project_verdict_levels_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON project_verdict_levels
    FOR EACH STATEMENT EXECUTE FUNCTION project_verdict_levels_are_append_only();
