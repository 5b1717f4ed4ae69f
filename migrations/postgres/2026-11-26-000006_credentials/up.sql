-- `sealed` is the secret under a key of its own, which is `wrapped` by the master key that `key_id` names: nonce, ciphertext, tag each.
CREATE TABLE credentials (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('secret', 'microsoft-graph')),
    version bigint NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    key_id text NOT NULL CHECK (length(key_id) = 16),
    wrapped bytea NOT NULL CHECK (length(wrapped) = 60),
    sealed bytea NOT NULL CHECK (length(sealed) >= 28),
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX credentials_by_key ON credentials (key_id, id);
