CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    email text NOT NULL UNIQUE,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    home_organization_id uuid,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE organizations (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE memberships (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id, organization_id);

CREATE TABLE invitations (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
    token_digest bytea NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, email)
);

CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    name text,
    user_agent text,
    address text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    digest bytea NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    salt bytea CHECK (length(salt) = 32),
    successor bytea CHECK (length(successor) = 32),
    used_at timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE revocations (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid,
    user_id uuid,
    organization_id uuid,
    issued_until timestamptz NOT NULL,
    forget_at timestamptz NOT NULL,
    written_at timestamptz NOT NULL,
    CHECK ((session_id IS NULL) <> (user_id IS NULL)),
    CHECK ((user_id IS NULL) = (organization_id IS NULL))
);
CREATE INDEX revocations_by_writing ON revocations (written_at);

CREATE TABLE sites (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE units (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    site_id uuid NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, site_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
);

-- Ids order by creation, so (organization_id, id) is also the order of a listing by creation.
CREATE TABLE assets (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    site_id uuid,
    unit_id uuid,
    title text COLLATE "C" NOT NULL,
    description text NOT NULL,
    category text NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    tags json NOT NULL,
    attributes json NOT NULL,
    value_amount bigint,
    value_currency text,
    acquired_on text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    terms tsvector NOT NULL,
    CHECK ((value_amount IS NULL) = (value_currency IS NULL)),
    CHECK (unit_id IS NULL OR site_id IS NOT NULL),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id),
    FOREIGN KEY (organization_id, site_id, unit_id) REFERENCES units (organization_id, site_id, id)
);
CREATE INDEX assets_by_owner ON assets (organization_id, owner_id, id);
CREATE INDEX assets_by_update ON assets (organization_id, updated_at, id);
CREATE INDEX assets_by_title ON assets (organization_id, title, id);
CREATE INDEX assets_by_category ON assets (organization_id, category, id);
CREATE INDEX assets_by_site ON assets (organization_id, site_id, id) WHERE site_id IS NOT NULL;
CREATE INDEX assets_by_unit ON assets (organization_id, unit_id, id) WHERE unit_id IS NOT NULL;
-- What an asset is found by: its words in lower case, its tags with a '#' before them, and its organization after an '@',
-- so that a search reads only the tenant's own part of the index.
CREATE INDEX assets_by_term ON assets USING gin (terms);

CREATE TABLE remembered_requests (
    scope bytea NOT NULL PRIMARY KEY CHECK (length(scope) = 32),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    answer bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX remembered_requests_by_time ON remembered_requests (created_at);
