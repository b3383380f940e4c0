-- The steps a cycle has taken, the districts of a jurisdiction, pictures, proposals and their supporters.
CREATE TABLE cycle_steps (
    jurisdiction BLOB NOT NULL,
    cycle BLOB NOT NULL,
    step INTEGER NOT NULL,
    stage TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, cycle, step),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id)
) STRICT;

CREATE TABLE districts (
    jurisdiction BLOB NOT NULL REFERENCES jurisdictions (id),
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, name)
) STRICT;

-- Pictures, re-encoded by the service so that nothing but pixels is left of what was sent.
CREATE TABLE pictures (
    jurisdiction BLOB NOT NULL REFERENCES jurisdictions (id),
    id BLOB NOT NULL,
    owner BLOB NOT NULL REFERENCES accounts (id),
    media_type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, id)
) STRICT;

CREATE TABLE proposals (
    jurisdiction BLOB NOT NULL,
    id BLOB NOT NULL,
    cycle BLOB NOT NULL,
    number INTEGER NOT NULL,
    -- A random number: the row of the full-text index, and what visitors' random orders are made from.
    doc INTEGER NOT NULL CONSTRAINT proposals_doc UNIQUE,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 40),
    body TEXT NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    category TEXT NOT NULL,
    district TEXT,
    place TEXT NOT NULL,
    budget INTEGER CHECK (budget >= 0),
    picture BLOB,
    channel TEXT NOT NULL,
    proposer BLOB NOT NULL REFERENCES accounts (id),
    display_name TEXT NOT NULL,
    form_token TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'declined')),
    reason TEXT CHECK ((reason IS NOT NULL) = (state = 'declined')),
    explanation TEXT,
    made_at INTEGER NOT NULL,
    decided_at INTEGER CHECK ((decided_at IS NULL) = (state = 'submitted')),
    supporters INTEGER NOT NULL DEFAULT 0 CHECK (supporters >= 0),
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, picture) REFERENCES pictures (jurisdiction, id),
    CONSTRAINT proposals_number UNIQUE (jurisdiction, cycle, number),
    CONSTRAINT proposals_form UNIQUE (jurisdiction, proposer, form_token)
) STRICT;
CREATE INDEX proposals_of_cycle ON proposals (jurisdiction, cycle, state);
CREATE INDEX proposals_of_picture ON proposals (jurisdiction, picture);

CREATE TABLE supports (
    jurisdiction BLOB NOT NULL,
    proposal BLOB NOT NULL,
    account BLOB NOT NULL REFERENCES accounts (id),
    at INTEGER NOT NULL,
    CONSTRAINT supports_once PRIMARY KEY (jurisdiction, proposal, account),
    FOREIGN KEY (jurisdiction, proposal) REFERENCES proposals (jurisdiction, id)
) STRICT;
CREATE INDEX supports_of_account ON supports (account);

-- Holds our own tokenizer's output (character bigrams, words), not the text itself.
CREATE VIRTUAL TABLE proposals_search USING fts5 (
    terms, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);
