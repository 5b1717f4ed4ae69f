-- What servers of an organization use the API with. A key that was revoked is gone.
CREATE TABLE api_keys (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL CHECK (length(prefix) = 12),
    token_digest bytea NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    -- Their names, parted by spaces.
    scopes text NOT NULL CHECK (scopes <> ''),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at timestamptz,
    PRIMARY KEY (organization_id, id)
);

-- The key that did it in the name of `by_id`.
ALTER TABLE activities ADD COLUMN api_key_id uuid;
ALTER TABLE outbox ADD COLUMN api_key_id uuid;
