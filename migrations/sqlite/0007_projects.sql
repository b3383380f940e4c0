-- Projects under way: the plan as chosen, milestones, monthly reports with their corrections.
CREATE TABLE projects (
    jurisdiction BLOB NOT NULL,
    id BLOB NOT NULL,
    cycle BLOB NOT NULL,
    candidate BLOB NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    unit BLOB NOT NULL,
    lead TEXT NOT NULL,
    goal TEXT NOT NULL,
    budget INTEGER NOT NULL CHECK (budget >= 0),
    funding TEXT NOT NULL,
    location TEXT NOT NULL,
    handed_over_on TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'underway', 'delivered', 'accepted')),
    underway_on TEXT CHECK ((underway_on IS NULL) = (state = 'planned')),
    delivered_on TEXT CHECK ((delivered_on IS NULL) = (state IN ('planned', 'underway'))),
    accepted_on TEXT CHECK ((accepted_on IS NULL) = (state <> 'accepted')),
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id),
    FOREIGN KEY (jurisdiction, unit) REFERENCES units (jurisdiction, id),
    CONSTRAINT projects_code UNIQUE (jurisdiction, cycle, code)
) STRICT;
CREATE INDEX projects_of_unit ON projects (jurisdiction, unit);

-- The districts that it serves; none: the whole jurisdiction.
CREATE TABLE project_districts (
    jurisdiction BLOB NOT NULL,
    project BLOB NOT NULL,
    position INTEGER NOT NULL,
    district TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, project, district),
    FOREIGN KEY (jurisdiction, project) REFERENCES projects (jurisdiction, id)
) STRICT;

CREATE TABLE project_milestones (
    jurisdiction BLOB NOT NULL,
    project BLOB NOT NULL,
    position INTEGER NOT NULL,
    quarter INTEGER NOT NULL CHECK (quarter BETWEEN 1 AND 4),
    due TEXT NOT NULL,
    text TEXT NOT NULL,
    planned_percent INTEGER NOT NULL CHECK (planned_percent BETWEEN 0 AND 100),
    completed_on TEXT,
    PRIMARY KEY (jurisdiction, project, position),
    FOREIGN KEY (jurisdiction, project) REFERENCES projects (jurisdiction, id)
) STRICT;

-- A correction is a new version; the old one stays.
CREATE TABLE project_reports (
    jurisdiction BLOB NOT NULL,
    project BLOB NOT NULL,
    month TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    percent INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    spent INTEGER NOT NULL CHECK (spent >= 0),
    text TEXT NOT NULL,
    reason TEXT CHECK ((reason IS NULL) = (version = 1)),
    -- What the unit says of figures that were questioned.
    explanation TEXT,
    reported_on TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    author BLOB REFERENCES accounts (id),
    CONSTRAINT project_reports_once PRIMARY KEY (jurisdiction, project, month, version),
    FOREIGN KEY (jurisdiction, project) REFERENCES projects (jurisdiction, id)
) STRICT;
CREATE TRIGGER project_reports_no_update BEFORE UPDATE ON project_reports
    BEGIN SELECT RAISE(ABORT, 'project_reports is append-only'); END;
CREATE TRIGGER project_reports_no_delete BEFORE DELETE ON project_reports
    BEGIN SELECT RAISE(ABORT, 'project_reports is append-only'); END;
