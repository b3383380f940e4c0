-- Clusters of proposals, their screening decisions, the shortlist, comments on it and their answers.
CREATE TABLE clusters (
    jurisdiction UUID NOT NULL,
    id UUID NOT NULL,
    cycle UUID NOT NULL,
    -- The proposal whose title stands for the cluster.
    lead UUID NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, lead) REFERENCES proposals (jurisdiction, id)
);
CREATE INDEX clusters_of_cycle ON clusters (jurisdiction, cycle);

CREATE TABLE cluster_members (
    jurisdiction UUID NOT NULL,
    proposal UUID NOT NULL,
    cluster UUID NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT cluster_members_one_cluster PRIMARY KEY (jurisdiction, proposal),
    FOREIGN KEY (jurisdiction, proposal) REFERENCES proposals (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
);
CREATE INDEX cluster_members_of_cluster ON cluster_members (jurisdiction, cluster);

CREATE TABLE screening_decisions (
    jurisdiction UUID NOT NULL,
    cluster UUID NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('feasible', 'declined')),
    reason TEXT CHECK ((reason IS NOT NULL) = (outcome = 'declined')),
    explanation TEXT NOT NULL,
    unit TEXT CHECK ((unit IS NOT NULL) = (outcome = 'feasible')),
    budget BIGINT CHECK ((budget IS NOT NULL) = (outcome = 'feasible')) CHECK (budget >= 0),
    funding TEXT,
    decided_by UUID REFERENCES accounts (id),
    decided_at BIGINT NOT NULL,
    published_at BIGINT,
    PRIMARY KEY (jurisdiction, cluster),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
);

-- Decisions that were held until another took their place.
CREATE TABLE former_decisions (
    jurisdiction UUID NOT NULL,
    cluster UUID NOT NULL,
    number BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    explanation TEXT NOT NULL,
    unit TEXT,
    budget BIGINT,
    funding TEXT,
    decided_by UUID REFERENCES accounts (id),
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, cluster, number),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
);

-- The unit that reviews a cluster: the assignment with the highest number.
CREATE TABLE cluster_assignments (
    jurisdiction UUID NOT NULL,
    cluster UUID NOT NULL,
    number BIGINT NOT NULL,
    unit UUID NOT NULL,
    assigned_by UUID REFERENCES accounts (id),
    assigned_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, cluster, number),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id),
    FOREIGN KEY (jurisdiction, unit) REFERENCES units (jurisdiction, id)
);

CREATE TABLE candidates (
    jurisdiction UUID NOT NULL,
    id UUID NOT NULL,
    cycle UUID NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    unit TEXT NOT NULL,
    lead TEXT NOT NULL,
    goal TEXT NOT NULL,
    budget BIGINT NOT NULL CHECK (budget >= 0),
    funding TEXT NOT NULL,
    location TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    CONSTRAINT candidates_code UNIQUE (jurisdiction, cycle, code)
);

-- The districts that it serves; none: the whole jurisdiction.
CREATE TABLE candidate_districts (
    jurisdiction UUID NOT NULL,
    candidate UUID NOT NULL,
    position INTEGER NOT NULL,
    district TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, candidate, district),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id)
);

CREATE TABLE candidate_milestones (
    jurisdiction UUID NOT NULL,
    candidate UUID NOT NULL,
    position INTEGER NOT NULL,
    quarter INTEGER NOT NULL CHECK (quarter BETWEEN 1 AND 4),
    due TEXT NOT NULL,
    text TEXT NOT NULL,
    planned_percent INTEGER NOT NULL CHECK (planned_percent BETWEEN 0 AND 100),
    PRIMARY KEY (jurisdiction, candidate, position),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id)
);

-- From which clusters a candidate grew.
CREATE TABLE candidate_clusters (
    jurisdiction UUID NOT NULL,
    candidate UUID NOT NULL,
    cluster UUID NOT NULL,
    PRIMARY KEY (jurisdiction, candidate, cluster),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cluster) REFERENCES clusters (jurisdiction, id)
);
CREATE INDEX candidate_clusters_of_cluster ON candidate_clusters (jurisdiction, cluster);

-- One row a cycle once the party committee's review has been entered.
CREATE TABLE shortlists (
    jurisdiction UUID NOT NULL,
    cycle UUID NOT NULL,
    reviewed_on TEXT NOT NULL,
    document TEXT NOT NULL,
    published_at BIGINT,
    facts_sha256 TEXT CHECK ((facts_sha256 IS NULL) = (published_at IS NULL)),
    PRIMARY KEY (jurisdiction, cycle),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id)
);

CREATE TABLE shortlist_comments (
    jurisdiction UUID NOT NULL,
    id UUID NOT NULL,
    cycle UUID NOT NULL,
    -- NULL: about the whole list.
    candidate UUID,
    author UUID NOT NULL REFERENCES accounts (id),
    display_name TEXT NOT NULL,
    text TEXT NOT NULL,
    form_token TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    adopted BOOLEAN,
    answer TEXT CHECK ((answer IS NULL) = (adopted IS NULL)),
    answered_at BIGINT CHECK ((answered_at IS NULL) = (adopted IS NULL)),
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, candidate) REFERENCES candidates (jurisdiction, id),
    CONSTRAINT shortlist_comments_form UNIQUE (jurisdiction, author, form_token)
);
CREATE INDEX shortlist_comments_of_cycle ON shortlist_comments (jurisdiction, cycle);
