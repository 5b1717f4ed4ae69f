-- `sealed` is the secret under a key of its own, which is `wrapped` by the master key that `key_id` names: nonce, ciphertext, tag each.
CREATE TABLE credentials (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'secret' OR kind = 'microsoft-graph'),
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    key_id TEXT NOT NULL CHECK (length(key_id) = 16),
    wrapped BLOB NOT NULL CHECK (length(wrapped) = 60),
    sealed BLOB NOT NULL CHECK (length(sealed) >= 28),
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX credentials_by_key ON credentials (key_id, id);
