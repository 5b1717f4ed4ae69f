-- Work that is to be done, until it is done. It waits without a worker, runs with one, and is dead when nobody tries any more.
CREATE TABLE jobs (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    queue TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- What it is the only one of, among those of its queue that are not dead.
    key TEXT,
    -- Attempts that have begun.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- When it may be claimed: a job that runs, when its lease has run out.
    due_at INTEGER NOT NULL,
    enqueued_at INTEGER NOT NULL,
    worker BLOB CHECK (length(worker) = 16),
    dead_at INTEGER,
    error TEXT,
    CHECK (worker IS NULL OR dead_at IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_due ON jobs (queue, due_at) WHERE dead_at IS NULL;
CREATE UNIQUE INDEX jobs_by_key ON jobs (queue, key) WHERE key IS NOT NULL AND dead_at IS NULL;
CREATE INDEX jobs_waiting ON jobs (queue, id) WHERE worker IS NULL AND dead_at IS NULL;
CREATE INDEX jobs_running ON jobs (queue, id) WHERE worker IS NOT NULL;
CREATE INDEX jobs_dead ON jobs (queue, id) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_by_death ON jobs (dead_at) WHERE dead_at IS NOT NULL;

-- When work that is done again and again was last called for.
CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    called_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
