-- The instances that are there, as they last told of themselves, where there is no Redis that keeps them.
CREATE TABLE instances (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version TEXT NOT NULL,
    -- By the clock of the instance.
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    -- By the clock of the database: an instance that was not heard of until then is gone.
    gone_at INTEGER NOT NULL,
    sockets INTEGER NOT NULL CHECK (sockets >= 0),
    rooms INTEGER NOT NULL CHECK (rooms >= 0),
    jobs INTEGER NOT NULL CHECK (jobs >= 0),
    -- In how many microseconds the database and Redis answered the instance; nothing when they did not.
    database_micros INTEGER CHECK (database_micros >= 0),
    redis_used INTEGER NOT NULL CHECK (redis_used = 0 OR redis_used = 1),
    redis_micros INTEGER CHECK (redis_micros >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX instances_by_end ON instances (gone_at);
