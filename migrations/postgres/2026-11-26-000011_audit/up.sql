-- What the audit log tells. A chain is that of an organization, or with zeros for an id that of the installation. No foreign keys: what is
-- told of outlives what it is told of.
CREATE TABLE audit_entries (
    chain uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    id uuid NOT NULL,
    action text NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_email text,
    subject_kind text,
    subject_id text,
    address text,
    user_agent text,
    details json NOT NULL,
    -- SHA-256 of the one before it and of all of this.
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (chain, sequence)
);
CREATE UNIQUE INDEX audit_entries_by_id ON audit_entries (id);
CREATE INDEX audit_entries_by_action ON audit_entries (action, id);
CREATE INDEX audit_entries_of_chain_by_action ON audit_entries (chain, action, sequence);

-- Where each chain ends.
CREATE TABLE audit_chains (
    chain uuid NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL CHECK (sequence >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32)
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_entries_are_not_truncated BEFORE TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_chains_stay BEFORE DELETE ON audit_chains
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_chains_are_not_truncated BEFORE TRUNCATE ON audit_chains
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_chains_only_grow BEFORE UPDATE ON audit_chains
FOR EACH ROW WHEN (NEW.chain <> OLD.chain OR NEW.sequence <> OLD.sequence + 1)
EXECUTE FUNCTION audit_is_append_only();
