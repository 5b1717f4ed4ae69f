-- The simple public key that a user has now.
CREATE TABLE public_keys (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    key BLOB NOT NULL CHECK (length(key) = 32),
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened to a user's keys, each line with the hash of the one before. `keys` are none, one or two of 32 bytes.
CREATE TABLE key_log (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    kind TEXT NOT NULL CHECK (kind = 'public-key' OR kind = 'device-added' OR kind = 'device-removed'),
    device INTEGER NOT NULL CHECK (device BETWEEN 0 AND 2147483647),
    version INTEGER NOT NULL,
    keys BLOB NOT NULL CHECK (length(keys) = 0 OR length(keys) = 32 OR length(keys) = 64),
    at INTEGER NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (user_id, number)
) STRICT, WITHOUT ROWID;

-- The last position of an organization's feed of key changes. Whoever takes the next one holds the row until the commit, so that
-- positions become visible in their order.
CREATE TABLE key_positions (
    organization_id BLOB NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE key_changes (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    kind TEXT NOT NULL CHECK (kind = 'public-key' OR kind = 'device-added' OR kind = 'device-removed'),
    device INTEGER NOT NULL CHECK (device BETWEEN 0 AND 2147483647),
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, position)
) STRICT, WITHOUT ROWID;

-- A device that was removed stays, so that neither its number nor its identity key comes to another one. `stocked` counts the
-- one-time prekeys that it brought.
CREATE TABLE devices (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device INTEGER NOT NULL CHECK (device BETWEEN 1 AND 2147483647),
    name TEXT,
    identity_key BLOB NOT NULL UNIQUE CHECK (length(identity_key) = 32),
    agreement_key BLOB NOT NULL CHECK (length(agreement_key) = 32),
    agreement_signature BLOB NOT NULL CHECK (length(agreement_signature) = 64),
    signed_id INTEGER NOT NULL CHECK (signed_id BETWEEN 0 AND 4294967295),
    signed_key BLOB NOT NULL CHECK (length(signed_key) = 32),
    signed_signature BLOB NOT NULL CHECK (length(signed_signature) = 64),
    last_resort_id INTEGER NOT NULL CHECK (last_resort_id BETWEEN 0 AND 4294967295),
    last_resort_key BLOB NOT NULL CHECK (length(last_resort_key) = 32),
    last_resort_signature BLOB NOT NULL CHECK (length(last_resort_signature) = 64),
    last_resort_used_at INTEGER,
    stocked INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    PRIMARY KEY (user_id, device)
) STRICT, WITHOUT ROWID;

-- One-time prekeys. One that was claimed stays, so that neither its id nor its key is handed out again.
CREATE TABLE prekeys (
    user_id BLOB NOT NULL,
    device INTEGER NOT NULL,
    id INTEGER NOT NULL CHECK (id BETWEEN 0 AND 4294967295),
    key BLOB NOT NULL CHECK (length(key) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    position INTEGER NOT NULL,
    claimed_at INTEGER,
    PRIMARY KEY (user_id, device, id),
    UNIQUE (user_id, device, key),
    FOREIGN KEY (user_id, device) REFERENCES devices (user_id, device) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX prekeys_unclaimed ON prekeys (user_id, device, position) WHERE claimed_at IS NULL;
