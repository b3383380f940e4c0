-- The steps a cycle has taken, the districts of a jurisdiction, pictures, proposals and their supporters.
CREATE TABLE cycle_steps (
    jurisdiction UUID NOT NULL,
    cycle UUID NOT NULL,
    step INTEGER NOT NULL,
    stage TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, cycle, step),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id)
);

CREATE TABLE districts (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, name)
);

-- Pictures, re-encoded by the service so that nothing but pixels is left of what was sent.
CREATE TABLE pictures (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    id UUID NOT NULL,
    owner UUID NOT NULL REFERENCES accounts (id),
    media_type TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, id)
);

CREATE TABLE proposals (
    jurisdiction UUID NOT NULL,
    id UUID NOT NULL,
    cycle UUID NOT NULL,
    number INTEGER NOT NULL,
    -- A random number: the row of the full-text index, and what visitors' random orders are made from.
    doc BIGINT NOT NULL CONSTRAINT proposals_doc UNIQUE,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 40),
    body TEXT NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    category TEXT NOT NULL,
    district TEXT,
    place TEXT NOT NULL,
    budget BIGINT CHECK (budget >= 0),
    picture UUID,
    channel TEXT NOT NULL,
    proposer UUID NOT NULL REFERENCES accounts (id),
    display_name TEXT NOT NULL,
    form_token TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'declined')),
    reason TEXT CHECK ((reason IS NOT NULL) = (state = 'declined')),
    explanation TEXT,
    made_at BIGINT NOT NULL,
    decided_at BIGINT CHECK ((decided_at IS NULL) = (state = 'submitted')),
    supporters BIGINT NOT NULL DEFAULT 0 CHECK (supporters >= 0),
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, cycle) REFERENCES cycles (jurisdiction, id),
    FOREIGN KEY (jurisdiction, picture) REFERENCES pictures (jurisdiction, id),
    CONSTRAINT proposals_number UNIQUE (jurisdiction, cycle, number),
    CONSTRAINT proposals_form UNIQUE (jurisdiction, proposer, form_token)
);
CREATE INDEX proposals_of_cycle ON proposals (jurisdiction, cycle, state);
CREATE INDEX proposals_of_picture ON proposals (jurisdiction, picture);

CREATE TABLE supports (
    jurisdiction UUID NOT NULL,
    proposal UUID NOT NULL,
    account UUID NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL,
    CONSTRAINT supports_once PRIMARY KEY (jurisdiction, proposal, account),
    FOREIGN KEY (jurisdiction, proposal) REFERENCES proposals (jurisdiction, id)
);
CREATE INDEX supports_of_account ON supports (account);

-- Holds our own tokenizer's output (character bigrams, words), not the text itself.
CREATE TABLE proposals_search (
    doc BIGINT NOT NULL PRIMARY KEY,
    terms TSVECTOR NOT NULL
);
CREATE INDEX proposals_search_terms ON proposals_search USING GIN (terms);
