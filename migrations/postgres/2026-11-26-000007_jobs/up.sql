-- Work that is to be done, until it is done. It waits without a worker, runs with one, and is dead when nobody tries any more.
CREATE TABLE jobs (
    id uuid NOT NULL PRIMARY KEY,
    queue text COLLATE "C" NOT NULL,
    payload text NOT NULL,
    -- What it is the only one of, among those of its queue that are not dead.
    key text COLLATE "C",
    -- Attempts that have begun.
    attempts integer NOT NULL CHECK (attempts >= 0),
    -- When it may be claimed: a job that runs, when its lease has run out.
    due_at timestamptz NOT NULL,
    enqueued_at timestamptz NOT NULL,
    worker uuid,
    dead_at timestamptz,
    error text,
    CHECK (worker IS NULL OR dead_at IS NULL)
);
CREATE INDEX jobs_by_due ON jobs (queue, due_at) WHERE dead_at IS NULL;
CREATE UNIQUE INDEX jobs_by_key ON jobs (queue, key) WHERE key IS NOT NULL AND dead_at IS NULL;
CREATE INDEX jobs_waiting ON jobs (queue, id) WHERE worker IS NULL AND dead_at IS NULL;
CREATE INDEX jobs_running ON jobs (queue, id) WHERE worker IS NOT NULL;
CREATE INDEX jobs_dead ON jobs (queue, id) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_by_death ON jobs (dead_at) WHERE dead_at IS NOT NULL;

-- When work that is done again and again was last called for.
CREATE TABLE schedules (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    called_at timestamptz NOT NULL
);
