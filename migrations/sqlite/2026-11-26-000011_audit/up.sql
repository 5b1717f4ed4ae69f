-- What the audit log tells. A chain is that of an organization, or with zeros for an id that of the installation. No foreign keys: what is
-- told of outlives what it is told of.
CREATE TABLE audit_entries (
    chain BLOB NOT NULL CHECK (length(chain) = 16),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    id BLOB NOT NULL CHECK (length(id) = 16),
    action TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB CHECK (length(actor_id) = 16),
    actor_email TEXT,
    subject_kind TEXT,
    subject_id TEXT,
    address TEXT,
    user_agent TEXT,
    details TEXT NOT NULL,
    -- SHA-256 of the one before it and of all of this.
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (chain, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX audit_entries_by_id ON audit_entries (id);
CREATE INDEX audit_entries_by_action ON audit_entries (action, id);
CREATE INDEX audit_entries_of_chain_by_action ON audit_entries (chain, action, sequence);

-- Where each chain ends.
CREATE TABLE audit_chains (
    chain BLOB NOT NULL PRIMARY KEY CHECK (length(chain) = 16),
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_entries_stay_as_they_are BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- REPLACE deletes without saying so.
CREATE TRIGGER audit_entries_are_not_replaced BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE (chain = NEW.chain AND sequence = NEW.sequence) OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_chains_stay BEFORE DELETE ON audit_chains
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_chains_are_not_replaced BEFORE INSERT ON audit_chains
WHEN EXISTS (SELECT 1 FROM audit_chains WHERE chain = NEW.chain)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_chains_only_grow BEFORE UPDATE ON audit_chains
WHEN NEW.chain <> OLD.chain OR NEW.sequence <> OLD.sequence + 1
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
