CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    home_organization_id BLOB CHECK (length(home_organization_id) = 16),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_user ON memberships (user_id, organization_id);

CREATE TABLE invitations (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
    token_digest BLOB NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    invited_by BLOB NOT NULL CHECK (length(invited_by) = 16),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, email)
) STRICT;

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    name TEXT,
    user_agent TEXT,
    address TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    salt BLOB CHECK (length(salt) = 32),
    successor BLOB CHECK (length(successor) = 32),
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE revocations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    session_id BLOB CHECK (length(session_id) = 16),
    user_id BLOB CHECK (length(user_id) = 16),
    organization_id BLOB CHECK (length(organization_id) = 16),
    issued_until INTEGER NOT NULL,
    forget_at INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    CHECK ((session_id IS NULL) <> (user_id IS NULL)),
    CHECK ((user_id IS NULL) = (organization_id IS NULL))
) STRICT;
CREATE INDEX revocations_by_writing ON revocations (written_at);

CREATE TABLE sites (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    site_id BLOB NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, site_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
) STRICT;

-- Ids order by creation, so (organization_id, id) is also the order of a listing by creation.
CREATE TABLE assets (
    -- What asset_terms calls the asset. Explicit, so that VACUUM keeps it.
    seq INTEGER NOT NULL PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    owner_id BLOB NOT NULL CHECK (length(owner_id) = 16),
    site_id BLOB,
    unit_id BLOB,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    tags TEXT NOT NULL,
    attributes TEXT NOT NULL,
    value_amount INTEGER,
    value_currency TEXT,
    acquired_on TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((value_amount IS NULL) = (value_currency IS NULL)),
    CHECK (unit_id IS NULL OR site_id IS NOT NULL),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id),
    FOREIGN KEY (organization_id, site_id, unit_id) REFERENCES units (organization_id, site_id, id)
) STRICT;
CREATE INDEX assets_by_owner ON assets (organization_id, owner_id, id);
CREATE INDEX assets_by_update ON assets (organization_id, updated_at, id);
CREATE INDEX assets_by_title ON assets (organization_id, title, id);
CREATE INDEX assets_by_category ON assets (organization_id, category, id);
CREATE INDEX assets_by_site ON assets (organization_id, site_id, id) WHERE site_id IS NOT NULL;
CREATE INDEX assets_by_unit ON assets (organization_id, unit_id, id) WHERE unit_id IS NOT NULL;

-- What an asset is found by: its words and tags, each with the organization before it, so that a search reads only the
-- tenant's own part of the index. It holds no text: what an asset's terms were is known from its row.
CREATE VIRTUAL TABLE asset_terms USING fts5 (terms, content = '', detail = none, columnsize = 0, tokenize = 'ascii');

CREATE TABLE remembered_requests (
    scope BLOB NOT NULL PRIMARY KEY CHECK (length(scope) = 32),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    answer BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX remembered_requests_by_time ON remembered_requests (created_at);
