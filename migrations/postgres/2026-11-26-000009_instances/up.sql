-- The instances that are there, as they last told of themselves, where there is no Redis that keeps them.
CREATE TABLE instances (
    id uuid NOT NULL PRIMARY KEY,
    version text NOT NULL,
    -- By the clock of the instance.
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    -- By the clock of the database: an instance that was not heard of until then is gone.
    gone_at timestamptz NOT NULL,
    sockets bigint NOT NULL CHECK (sockets >= 0),
    rooms bigint NOT NULL CHECK (rooms >= 0),
    jobs bigint NOT NULL CHECK (jobs >= 0),
    -- In how many microseconds the database and Redis answered the instance; nothing when they did not.
    database_micros bigint CHECK (database_micros >= 0),
    redis_used boolean NOT NULL,
    redis_micros bigint CHECK (redis_micros >= 0)
);
CREATE INDEX instances_by_end ON instances (gone_at);
