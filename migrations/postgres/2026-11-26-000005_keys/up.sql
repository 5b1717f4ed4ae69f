-- The simple public key that a user has now.
CREATE TABLE public_keys (
    user_id uuid NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    key bytea NOT NULL CHECK (length(key) = 32),
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL
);

-- What happened to a user's keys, each line with the hash of the one before. `keys` are none, one or two of 32 bytes.
CREATE TABLE key_log (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    number bigint NOT NULL CHECK (number > 0),
    kind text NOT NULL CHECK (kind IN ('public-key', 'device-added', 'device-removed')),
    device integer NOT NULL CHECK (device >= 0),
    version bigint NOT NULL,
    keys bytea NOT NULL CHECK (length(keys) IN (0, 32, 64)),
    at timestamptz NOT NULL,
    previous bytea NOT NULL CHECK (length(previous) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (user_id, number)
);

-- The last position of an organization's feed of key changes. Whoever takes the next one holds the row until the commit, so that
-- positions become visible in their order.
CREATE TABLE key_positions (
    organization_id uuid NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    position bigint NOT NULL
);

CREATE TABLE key_changes (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    position bigint NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('public-key', 'device-added', 'device-removed')),
    device integer NOT NULL CHECK (device >= 0),
    version bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, position)
);

-- A device that was removed stays, so that neither its number nor its identity key comes to another one. `stocked` counts the
-- one-time prekeys that it brought.
CREATE TABLE devices (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device integer NOT NULL CHECK (device >= 1),
    name text,
    identity_key bytea NOT NULL UNIQUE CHECK (length(identity_key) = 32),
    agreement_key bytea NOT NULL CHECK (length(agreement_key) = 32),
    agreement_signature bytea NOT NULL CHECK (length(agreement_signature) = 64),
    signed_id bigint NOT NULL CHECK (signed_id BETWEEN 0 AND 4294967295),
    signed_key bytea NOT NULL CHECK (length(signed_key) = 32),
    signed_signature bytea NOT NULL CHECK (length(signed_signature) = 64),
    last_resort_id bigint NOT NULL CHECK (last_resort_id BETWEEN 0 AND 4294967295),
    last_resort_key bytea NOT NULL CHECK (length(last_resort_key) = 32),
    last_resort_signature bytea NOT NULL CHECK (length(last_resort_signature) = 64),
    last_resort_used_at timestamptz,
    stocked bigint NOT NULL,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (user_id, device)
);

-- One-time prekeys. One that was claimed stays, so that neither its id nor its key is handed out again.
CREATE TABLE prekeys (
    user_id uuid NOT NULL,
    device integer NOT NULL,
    id bigint NOT NULL CHECK (id BETWEEN 0 AND 4294967295),
    key bytea NOT NULL CHECK (length(key) = 32),
    signature bytea NOT NULL CHECK (length(signature) = 64),
    position bigint NOT NULL,
    claimed_at timestamptz,
    PRIMARY KEY (user_id, device, id),
    UNIQUE (user_id, device, key),
    FOREIGN KEY (user_id, device) REFERENCES devices (user_id, device) ON DELETE CASCADE
);
CREATE INDEX prekeys_unclaimed ON prekeys (user_id, device, position) WHERE claimed_at IS NULL;
