-- Clusters of proposals, their screening decisions, the shortlist, comments on it and their answers.
CREATE TABLE clusters (
    jurisdiction BLOB NOT NULL,
    id BLOB NOT NULL,
    cycle BLOB NOT NULL,
    -- The proposal whose title stands for the cluster.
    lead BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, lead) REFERENCES proposals (jurisdiction, id)
) STRICT;
CREATE INDEX clusters_of_cycle ON clusters (jurisdiction, cycle);

CREATE TABLE cluster_members (
    jurisdiction BLOB NOT NULL,
    proposal BLOB NOT NULL,
    cluster BLOB NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT cluster_members_one_cluster PRIMARY KEY (jurisdiction, proposal),
    FOREIGN KEY (jurisdiction, proposal) REFERENCES proposals (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
) STRICT;
CREATE INDEX cluster_members_of_cluster ON cluster_members (jurisdiction, cluster);

CREATE TABLE screening_decisions (
    jurisdiction BLOB NOT NULL,
    cluster BLOB NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('feasible', 'declined')),
    reason TEXT CHECK ((reason IS NOT NULL) = (outcome = 'declined')),
    explanation TEXT NOT NULL,
    unit TEXT CHECK ((unit IS NOT NULL) = (outcome = 'feasible')),
    budget INTEGER CHECK ((budget IS NOT NULL) = (outcome = 'feasible')) CHECK (budget >= 0),
    funding TEXT,
    decided_by BLOB REFERENCES accounts (id),
    decided_at INTEGER NOT NULL,
    published_at INTEGER,
    PRIMARY KEY (jurisdiction, cluster),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
) STRICT;

-- Decisions that were held until another took their place.
CREATE TABLE former_decisions (
    jurisdiction BLOB NOT NULL,
    cluster BLOB NOT NULL,
    number INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    explanation TEXT NOT NULL,
    unit TEXT,
    budget INTEGER,
    funding TEXT,
    decided_by BLOB REFERENCES accounts (id),
    decided_at INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, cluster, number),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
) STRICT;

-- The unit that reviews a cluster: the assignment with the highest number.
CREATE TABLE cluster_assignments (
    jurisdiction BLOB NOT NULL,
    cluster BLOB NOT NULL,
    number INTEGER NOT NULL,
    unit BLOB NOT NULL,
    assigned_by BLOB REFERENCES accounts (id),
    assigned_at INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, cluster, number),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id),
    FOREIGN KEY (jurisdiction, unit) REFERENCES units (jurisdiction, id)
) STRICT;

CREATE TABLE candidates (
    jurisdiction BLOB NOT NULL,
    id BLOB NOT NULL,
    cycle BLOB NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    unit TEXT NOT NULL,
    lead TEXT NOT NULL,
    goal TEXT NOT NULL,
    budget INTEGER NOT NULL CHECK (budget >= 0),
    funding TEXT NOT NULL,
    location TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    CONSTRAINT candidates_code UNIQUE (jurisdiction, cycle, code)
) STRICT;

-- The districts that it serves; none: the whole jurisdiction.
CREATE TABLE candidate_districts (
    jurisdiction BLOB NOT NULL,
    candidate BLOB NOT NULL,
    position INTEGER NOT NULL,
    district TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, candidate, district),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id)
) STRICT;

CREATE TABLE candidate_milestones (
    jurisdiction BLOB NOT NULL,
    candidate BLOB NOT NULL,
    position INTEGER NOT NULL,
    quarter INTEGER NOT NULL CHECK (quarter BETWEEN 1 AND 4),
    due TEXT NOT NULL,
    text TEXT NOT NULL,
    planned_percent INTEGER NOT NULL CHECK (planned_percent BETWEEN 0 AND 100),
    PRIMARY KEY (jurisdiction, candidate, position),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id)
) STRICT;

-- From which clusters a candidate grew.
CREATE TABLE candidate_clusters (
    jurisdiction BLOB NOT NULL,
    candidate BLOB NOT NULL,
    cluster BLOB NOT NULL,
    PRIMARY KEY (jurisdiction, candidate, cluster),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
) STRICT;
CREATE INDEX candidate_clusters_of_cluster ON candidate_clusters (jurisdiction, cluster);

-- One row a cycle once the party committee's review has been entered.
CREATE TABLE shortlists (
    jurisdiction BLOB NOT NULL,
    cycle BLOB NOT NULL,
    reviewed_on TEXT NOT NULL,
    document TEXT NOT NULL,
    published_at INTEGER,
    facts_sha256 TEXT CHECK ((facts_sha256 IS NULL) = (published_at IS NULL)),
    PRIMARY KEY (jurisdiction, cycle),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id)
) STRICT;

CREATE TABLE shortlist_comments (
    jurisdiction BLOB NOT NULL,
    id BLOB NOT NULL,
    cycle BLOB NOT NULL,
    -- NULL: about the whole list.
    candidate BLOB,
    author BLOB NOT NULL REFERENCES accounts (id),
    display_name TEXT NOT NULL,
    text TEXT NOT NULL,
    form_token TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    adopted INTEGER,
    answer TEXT CHECK ((answer IS NULL) = (adopted IS NULL)),
    answered_at INTEGER CHECK ((answered_at IS NULL) = (adopted IS NULL)),
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id),
    CONSTRAINT shortlist_comments_form UNIQUE (jurisdiction, author, form_token)
) STRICT;
CREATE INDEX shortlist_comments_of_cycle ON shortlist_comments (jurisdiction, cycle);
