-- What was posted to the webhook, as it came, sealed. It goes some days after it was settled.
CREATE TABLE graph_batches (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    key_id TEXT NOT NULL CHECK (length(key_id) = 16),
    wrapped BLOB NOT NULL CHECK (length(wrapped) = 60),
    sealed BLOB NOT NULL CHECK (length(sealed) >= 28),
    received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX graph_batches_received ON graph_batches (received_at);
CREATE INDEX graph_batches_key ON graph_batches (key_id, id);

-- The certificates that Graph encrypts for; `sealed` is the private key. An old one stays for what was encrypted for it.
CREATE TABLE graph_certificates (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    der BLOB NOT NULL,
    thumbprint TEXT NOT NULL CHECK (length(thumbprint) = 40),
    key_id TEXT NOT NULL CHECK (length(key_id) = 16),
    wrapped BLOB NOT NULL CHECK (length(wrapped) = 60),
    sealed BLOB NOT NULL CHECK (length(sealed) >= 28),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT;
CREATE INDEX graph_certificates_key ON graph_certificates (key_id, id);

-- `client_state` is the SHA-256 of what Graph was given.
CREATE TABLE graph_subscriptions (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    credential_id BLOB NOT NULL CHECK (length(credential_id) = 16),
    resource TEXT NOT NULL,
    change_types TEXT NOT NULL,
    is_rich INTEGER NOT NULL CHECK (is_rich BETWEEN 0 AND 1),
    state TEXT NOT NULL CHECK (state = 'creating' OR state = 'active' OR state = 'deleting'),
    remote_id TEXT UNIQUE,
    certificate_id TEXT,
    expires_at INTEGER,
    renew_at INTEGER,
    problem TEXT,
    delta_since INTEGER,
    resync_since INTEGER,
    client_state BLOB UNIQUE CHECK (length(client_state) = 32),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (state <> 'active' OR (remote_id IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK ((state = 'active') = (renew_at IS NOT NULL)),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credentials (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX graph_subscriptions_due ON graph_subscriptions (renew_at) WHERE renew_at IS NOT NULL;
CREATE INDEX graph_subscriptions_unsettled ON graph_subscriptions (updated_at) WHERE renew_at IS NULL;
CREATE INDEX graph_subscriptions_credential ON graph_subscriptions (organization_id, credential_id);

-- What was in the batches. Two with one `name_digest` are one notification, and two with one `edit_digest` tell of one change. There
-- is no foreign key to the organization, which may be nobody: whoever deletes it deletes its notifications.
CREATE TABLE graph_notifications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    position INTEGER NOT NULL CHECK (position >= 0),
    organization_id BLOB CHECK (length(organization_id) = 16),
    subscription_id BLOB CHECK (length(subscription_id) = 16),
    quarantine TEXT,
    change TEXT NOT NULL,
    resource TEXT NOT NULL,
    is_rich INTEGER NOT NULL CHECK (is_rich BETWEEN 0 AND 1),
    name_digest BLOB UNIQUE CHECK (length(name_digest) = 32),
    edit_digest BLOB UNIQUE CHECK (length(edit_digest) = 32),
    received_at INTEGER NOT NULL,
    settled_at INTEGER NOT NULL,
    CHECK (quarantine IS NULL OR (name_digest IS NULL AND edit_digest IS NULL)),
    UNIQUE (batch_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX graph_notifications_of_organization ON graph_notifications (organization_id, id);
CREATE INDEX graph_notifications_quarantined ON graph_notifications (organization_id, id) WHERE quarantine IS NOT NULL;
CREATE INDEX graph_notifications_processed ON graph_notifications (organization_id, id) WHERE quarantine IS NULL;
CREATE INDEX graph_notifications_settled ON graph_notifications (settled_at);
