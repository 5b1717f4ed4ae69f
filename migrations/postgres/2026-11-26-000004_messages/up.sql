-- Somebody's mail in an organization: the place of its last entry, and how many messages wait that no device acknowledged.
CREATE TABLE mailboxes (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    last_seq bigint NOT NULL CHECK (last_seq >= 0),
    waiting bigint NOT NULL CHECK (waiting >= 0),
    PRIMARY KEY (organization_id, user_id)
);

-- Messages and deliveries go when their organization does, which whoever deletes that sees to.
CREATE TABLE messages (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    sender_id uuid NOT NULL,
    sender_session uuid NOT NULL,
    recipient_id uuid NOT NULL,
    -- Of the recipient; 0 for each of them.
    device integer NOT NULL CHECK (device >= 0),
    client_id uuid NOT NULL,
    kind text NOT NULL,
    -- In the recipient's mailbox, and of the copy in the sender's.
    seq bigint NOT NULL,
    copy_seq bigint,
    created_at timestamptz NOT NULL,
    delivered_at timestamptz,
    read_at timestamptz,
    encrypted_content bytea NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, sender_id, client_id)
);
-- The organization comes last of what is always given: a database that has no statistics yet would take it for a way to one message.
CREATE INDEX messages_by_pair ON messages (sender_id, recipient_id, organization_id, id);
CREATE INDEX messages_unread ON messages (recipient_id, sender_id, organization_id, seq, device) WHERE read_at IS NULL;

-- What a message that is gone was answered with, for as long as its sender may send it again.
CREATE TABLE purged_messages (
    organization_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    client_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    created_at timestamptz NOT NULL,
    purged_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, sender_id, client_id)
);
CREATE INDEX purged_messages_by_time ON purged_messages (purged_at);

-- What is in a mailbox, in order: a message, or a notice of something else.
CREATE TABLE deliveries (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    device integer NOT NULL CHECK (device >= 0),
    message_id uuid,
    notice json,
    CHECK ((message_id IS NULL) <> (notice IS NULL)),
    PRIMARY KEY (organization_id, user_id, seq)
);

-- Up to where each device has acknowledged.
CREATE TABLE device_cursors (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    device integer NOT NULL CHECK (device >= 0),
    up_to bigint NOT NULL CHECK (up_to >= 0),
    PRIMARY KEY (organization_id, user_id, device),
    FOREIGN KEY (organization_id, user_id) REFERENCES mailboxes (organization_id, user_id) ON DELETE CASCADE
);

-- Whom somebody has exchanged messages with, and the last one. A conversation stays when its messages go.
CREATE TABLE conversations (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    peer_id uuid NOT NULL,
    last_message_id uuid NOT NULL,
    PRIMARY KEY (organization_id, user_id, peer_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES mailboxes (organization_id, user_id) ON DELETE CASCADE
);
CREATE INDEX conversations_by_message ON conversations (organization_id, user_id, last_message_id);

CREATE TABLE message_settings (
    user_id uuid NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    read_receipts boolean NOT NULL
);

CREATE TABLE message_retention (
    organization_id uuid NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    policy text NOT NULL CHECK (policy = 'keep' OR policy = 'days' OR policy = 'acknowledged'),
    days integer CHECK (days > 0),
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((policy = 'days') = (days IS NOT NULL))
);
