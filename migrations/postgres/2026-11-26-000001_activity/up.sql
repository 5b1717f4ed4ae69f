-- What happened in an organization. It goes when the organization does, which whoever deletes that sees to: a foreign key
-- would be looked up for each change of anything.
CREATE TABLE activities (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    by_id uuid,
    about json NOT NULL,
    verb text NOT NULL CHECK (verb IN ('created', 'updated', 'deleted')),
    PRIMARY KEY (organization_id, id)
);

-- What happened and was not told yet, for as long as that takes.
CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    organization_id uuid,
    by_id uuid,
    about json NOT NULL,
    verb text NOT NULL CHECK (verb IN ('created', 'updated', 'deleted'))
);
