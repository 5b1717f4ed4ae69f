-- What servers of an organization use the API with. A key that was revoked is gone.
CREATE TABLE api_keys (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL CHECK (length(prefix) = 12),
    token_digest BLOB NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    -- Their names, parted by spaces.
    scopes TEXT NOT NULL CHECK (scopes <> ''),
    created_by BLOB NOT NULL CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER,
    PRIMARY KEY (organization_id, id)
) STRICT;

-- The key that did it in the name of `by_id`.
ALTER TABLE activities ADD COLUMN api_key_id BLOB CHECK (length(api_key_id) = 16);
ALTER TABLE outbox ADD COLUMN api_key_id BLOB CHECK (length(api_key_id) = 16);
