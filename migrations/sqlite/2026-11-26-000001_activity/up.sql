-- What happened in an organization. It goes when the organization does, which whoever deletes that sees to: a foreign key
-- would be looked up for each change of anything.
CREATE TABLE activities (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    by_id BLOB CHECK (length(by_id) = 16),
    about TEXT NOT NULL,
    verb TEXT NOT NULL CHECK (verb = 'created' OR verb = 'updated' OR verb = 'deleted'),
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;

-- What happened and was not told yet, for as long as that takes.
CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB CHECK (length(organization_id) = 16),
    by_id BLOB CHECK (length(by_id) = 16),
    about TEXT NOT NULL,
    verb TEXT NOT NULL CHECK (verb = 'created' OR verb = 'updated' OR verb = 'deleted')
) STRICT, WITHOUT ROWID;
