-- What was posted to the webhook, as it came, sealed. It goes some days after it was settled.
CREATE TABLE graph_batches (
    id uuid NOT NULL PRIMARY KEY,
    key_id text NOT NULL CHECK (length(key_id) = 16),
    wrapped bytea NOT NULL CHECK (length(wrapped) = 60),
    sealed bytea NOT NULL CHECK (length(sealed) >= 28),
    received_at timestamptz NOT NULL
);
-- It is ciphertext, which does not become smaller.
ALTER TABLE graph_batches ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX graph_batches_received ON graph_batches (received_at);
CREATE INDEX graph_batches_key ON graph_batches (key_id, id);

-- The certificates that Graph encrypts for; `sealed` is the private key. An old one stays for what was encrypted for it.
CREATE TABLE graph_certificates (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    der bytea NOT NULL,
    thumbprint text NOT NULL CHECK (length(thumbprint) = 40),
    key_id text NOT NULL CHECK (length(key_id) = 16),
    wrapped bytea NOT NULL CHECK (length(wrapped) = 60),
    sealed bytea NOT NULL CHECK (length(sealed) >= 28),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX graph_certificates_key ON graph_certificates (key_id, id);

-- `client_state` is the SHA-256 of what Graph was given.
CREATE TABLE graph_subscriptions (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    credential_id uuid NOT NULL,
    resource text NOT NULL,
    change_types text NOT NULL,
    is_rich boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('creating', 'active', 'deleting')),
    remote_id text UNIQUE,
    certificate_id text,
    expires_at timestamptz,
    renew_at timestamptz,
    problem text,
    delta_since timestamptz,
    resync_since timestamptz,
    client_state bytea UNIQUE CHECK (length(client_state) = 32),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (state <> 'active' OR (remote_id IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK ((state = 'active') = (renew_at IS NOT NULL)),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credentials (organization_id, id)
);
CREATE INDEX graph_subscriptions_due ON graph_subscriptions (renew_at) WHERE renew_at IS NOT NULL;
CREATE INDEX graph_subscriptions_unsettled ON graph_subscriptions (updated_at) WHERE renew_at IS NULL;
CREATE INDEX graph_subscriptions_credential ON graph_subscriptions (organization_id, credential_id);

-- What was in the batches. Two with one `name_digest` are one notification, and two with one `edit_digest` tell of one change. There
-- is no foreign key to the organization, which may be nobody: whoever deletes it deletes its notifications.
CREATE TABLE graph_notifications (
    id uuid NOT NULL PRIMARY KEY,
    batch_id uuid NOT NULL,
    position bigint NOT NULL CHECK (position >= 0),
    organization_id uuid,
    subscription_id uuid,
    quarantine text,
    change text NOT NULL,
    resource text NOT NULL,
    is_rich boolean NOT NULL,
    name_digest bytea UNIQUE CHECK (length(name_digest) = 32),
    edit_digest bytea UNIQUE CHECK (length(edit_digest) = 32),
    received_at timestamptz NOT NULL,
    settled_at timestamptz NOT NULL,
    CHECK (quarantine IS NULL OR (name_digest IS NULL AND edit_digest IS NULL)),
    UNIQUE (batch_id, position)
);
CREATE INDEX graph_notifications_of_organization ON graph_notifications (organization_id, id);
CREATE INDEX graph_notifications_quarantined ON graph_notifications (organization_id, id) WHERE quarantine IS NOT NULL;
CREATE INDEX graph_notifications_processed ON graph_notifications (organization_id, id) WHERE quarantine IS NULL;
CREATE INDEX graph_notifications_settled ON graph_notifications (settled_at);
