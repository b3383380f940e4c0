-- Accounts, contacts, sign-in, sessions, roles, the deputies' roster, units, messages that leave the house.
CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    -- Argon2id in the PHC string format; only staff and deputies have one.
    password_hash TEXT,
    -- Who made it for this person; NULL where the person did, or the command on the machine.
    invited_by UUID,
    created_at BIGINT NOT NULL
);

-- How a person is reached. `lookup` is a keyed hash of the contact, `sealed` the contact itself, encrypted.
CREATE TABLE account_contacts (
    lookup BYTEA NOT NULL CONSTRAINT account_contacts_lookup PRIMARY KEY,
    account UUID NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
    sealed BYTEA NOT NULL,
    -- Who entered it for this person; NULL where the person did, or the command on the machine.
    entered_by UUID,
    created_at BIGINT NOT NULL
);
CREATE INDEX account_contacts_account ON account_contacts (account);

CREATE TABLE account_roles (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    account UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, account, role)
);
CREATE INDEX account_roles_account ON account_roles (account);

-- Roles that were offered to whoever is reached by a contact, until that person accepts on the own device.
CREATE TABLE role_offers (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    id UUID NOT NULL,
    lookup BYTEA NOT NULL,
    role TEXT NOT NULL,
    -- The name as the giver wrote it, so that the list of offers can be read.
    name TEXT NOT NULL,
    -- The unit that unit staff will work for.
    unit UUID,
    offered_by UUID NOT NULL REFERENCES accounts (id),
    offered_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    CONSTRAINT role_offers_once UNIQUE (jurisdiction, lookup, role)
);
CREATE INDEX role_offers_lookup ON role_offers (lookup);

-- `standing`: half until a second factor is proved. `proved_at`, `factor_at`: when the person last proved who they are, and by a
-- factor. `previous_hash` lets requests that were under way during a rotation through until `previous_until`.
CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    id UUID NOT NULL CONSTRAINT sessions_id UNIQUE,
    account UUID NOT NULL REFERENCES accounts (id),
    device TEXT NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('half', 'full')),
    created_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    factor_at BIGINT,
    rotated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    previous_hash BYTEA CONSTRAINT sessions_previous UNIQUE,
    previous_until BIGINT
);
CREATE INDEX sessions_account ON sessions (account);

-- Second factors. `sealed`: an app's secret, or a passkey's id and public key, encrypted. `counter`: the last step of time whose
-- code was used, or how often the passkey says that it has signed.
CREATE TABLE factors (
    id UUID NOT NULL PRIMARY KEY,
    account UUID NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('totp', 'passkey')),
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    credential_hash BYTEA CONSTRAINT factors_credential UNIQUE,
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX factors_account ON factors (account);

-- Keyed hashes of the codes that help where a factor is lost; a row goes when its code is used.
CREATE TABLE recovery_codes (
    account UUID NOT NULL REFERENCES accounts (id),
    code_mac BYTEA NOT NULL,
    PRIMARY KEY (account, code_mac)
);

-- What a session was asked to answer once: a new app's secret, a challenge for a passkey. `sealed`: encrypted.
CREATE TABLE factor_offers (
    session UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('totp', 'registration', 'assertion')),
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (session, kind)
);
CREATE INDEX factor_offers_expiry ON factor_offers (expires_at);

-- A sign-in under way in one browser. `state`: pending (code sent), verified (a newcomer chooses a name), used.
CREATE TABLE sign_in_tickets (
    ticket_hash BYTEA NOT NULL PRIMARY KEY,
    lookup BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
    sealed BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'verified', 'used')),
    tries INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_tickets_expiry ON sign_in_tickets (expires_at);

-- The code of a contact, encrypted, while it lives: whoever asks again is sent the same one.
CREATE TABLE sign_in_codes (
    lookup BYTEA NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_codes_expiry ON sign_in_codes (expires_at);

-- Links that sign an account in once: the first administrator, people without e-mail or phone, the demo.
CREATE TABLE sign_in_links (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    account UUID NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Who has made a sign-in link for whom. Whoever did could have used it, and is no second person beside this one.
CREATE TABLE link_makers (
    account UUID NOT NULL REFERENCES accounts (id),
    maker UUID NOT NULL REFERENCES accounts (id),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (account, maker)
);

-- How often something was tried, since the window's beginning or in one lane of tries. `bucket` is a keyed hash: no address
-- or contact stands here. `free_at`: when the lane's next turn is; `refused`: tries whose turn was too far away.
CREATE TABLE rate_counts (
    bucket BYTEA NOT NULL PRIMARY KEY,
    tries INTEGER NOT NULL,
    free_at BIGINT NOT NULL,
    refused INTEGER NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX rate_counts_expiry ON rate_counts (expires_at);

-- Messages to people, committed with their cause. `sealed` holds receiver and text, encrypted, until it is sent.
CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'phone')),
    sealed BYTEA,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_error TEXT
);
CREATE INDEX outbox_due ON outbox (state, due_at);

CREATE TABLE delegations (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    CONSTRAINT delegations_name UNIQUE (jurisdiction, name)
);

-- The public roster. `account` is set where the deputy can sign in; `left_at` once out of office.
CREATE TABLE deputies (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    id UUID NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    name TEXT NOT NULL,
    delegation UUID NOT NULL,
    account UUID REFERENCES accounts (id),
    -- Who let this account sign in for the deputy; NULL for the command on the machine.
    linked_by UUID,
    created_at BIGINT NOT NULL,
    left_at BIGINT,
    PRIMARY KEY (jurisdiction, id),
    FOREIGN KEY (jurisdiction, delegation) REFERENCES delegations (jurisdiction, id),
    CONSTRAINT deputies_number UNIQUE (jurisdiction, number),
    CONSTRAINT deputies_account UNIQUE (jurisdiction, account)
);

-- Who heads a delegation (团长) and confirms who of it is present.
CREATE TABLE delegation_heads (
    jurisdiction UUID NOT NULL,
    delegation UUID NOT NULL,
    deputy UUID NOT NULL,
    appointed_at BIGINT NOT NULL,
    PRIMARY KEY (jurisdiction, delegation),
    FOREIGN KEY (jurisdiction, delegation) REFERENCES delegations (jurisdiction, id),
    FOREIGN KEY (jurisdiction, deputy) REFERENCES deputies (jurisdiction, id)
);

CREATE TABLE units (
    jurisdiction UUID NOT NULL REFERENCES jurisdictions (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (jurisdiction, id),
    CONSTRAINT units_name UNIQUE (jurisdiction, name)
);

CREATE TABLE unit_members (
    jurisdiction UUID NOT NULL,
    unit UUID NOT NULL,
    account UUID NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (jurisdiction, unit, account),
    FOREIGN KEY (jurisdiction, unit) REFERENCES units (jurisdiction, id)
);
CREATE INDEX unit_members_account ON unit_members (account);
