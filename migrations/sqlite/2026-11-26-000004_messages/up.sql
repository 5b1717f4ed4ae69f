-- Somebody's mail in an organization: the place of its last entry, and how many messages wait that no device acknowledged.
CREATE TABLE mailboxes (
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    last_seq INTEGER NOT NULL CHECK (last_seq >= 0),
    waiting INTEGER NOT NULL CHECK (waiting >= 0),
    PRIMARY KEY (organization_id, user_id)
) STRICT, WITHOUT ROWID;

-- Messages and deliveries go when their organization does, which whoever deletes that sees to.
CREATE TABLE messages (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    sender_id BLOB NOT NULL CHECK (length(sender_id) = 16),
    sender_session BLOB NOT NULL CHECK (length(sender_session) = 16),
    recipient_id BLOB NOT NULL CHECK (length(recipient_id) = 16),
    -- Of the recipient; 0 for each of them.
    device INTEGER NOT NULL CHECK (device >= 0),
    client_id BLOB NOT NULL CHECK (length(client_id) = 16),
    kind TEXT NOT NULL,
    -- In the recipient's mailbox, and of the copy in the sender's.
    seq INTEGER NOT NULL,
    copy_seq INTEGER,
    created_at INTEGER NOT NULL,
    delivered_at INTEGER,
    read_at INTEGER,
    encrypted_content BLOB NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, sender_id, client_id)
) STRICT, WITHOUT ROWID;
-- The organization comes last of what is always given: a database that has no statistics yet would take it for a way to one message.
CREATE INDEX messages_by_pair ON messages (sender_id, recipient_id, organization_id, id);
CREATE INDEX messages_unread ON messages (recipient_id, sender_id, organization_id, seq, device) WHERE read_at IS NULL;

-- What a message that is gone was answered with, for as long as its sender may send it again.
CREATE TABLE purged_messages (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    sender_id BLOB NOT NULL CHECK (length(sender_id) = 16),
    client_id BLOB NOT NULL CHECK (length(client_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    seq INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    purged_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, sender_id, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX purged_messages_by_time ON purged_messages (purged_at);

-- What is in a mailbox, in order: a message, or a notice of something else.
CREATE TABLE deliveries (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    seq INTEGER NOT NULL,
    device INTEGER NOT NULL CHECK (device >= 0),
    message_id BLOB CHECK (length(message_id) = 16),
    notice TEXT,
    CHECK ((message_id IS NULL) <> (notice IS NULL)),
    PRIMARY KEY (organization_id, user_id, seq)
) STRICT, WITHOUT ROWID;

-- Up to where each device has acknowledged.
CREATE TABLE device_cursors (
    organization_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    device INTEGER NOT NULL CHECK (device >= 0),
    up_to INTEGER NOT NULL CHECK (up_to >= 0),
    PRIMARY KEY (organization_id, user_id, device),
    FOREIGN KEY (organization_id, user_id) REFERENCES mailboxes (organization_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Whom somebody has exchanged messages with, and the last one. A conversation stays when its messages go.
CREATE TABLE conversations (
    organization_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    peer_id BLOB NOT NULL CHECK (length(peer_id) = 16),
    last_message_id BLOB NOT NULL CHECK (length(last_message_id) = 16),
    PRIMARY KEY (organization_id, user_id, peer_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES mailboxes (organization_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_by_message ON conversations (organization_id, user_id, last_message_id);

CREATE TABLE message_settings (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    read_receipts INTEGER NOT NULL CHECK (read_receipts = 0 OR read_receipts = 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_retention (
    organization_id BLOB NOT NULL PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    policy TEXT NOT NULL CHECK (policy = 'keep' OR policy = 'days' OR policy = 'acknowledged'),
    days INTEGER CHECK (days > 0),
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((policy = 'days') = (days IS NOT NULL))
) STRICT, WITHOUT ROWID;
