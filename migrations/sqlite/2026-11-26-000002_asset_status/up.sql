-- SQLite makes a table in memory for `IN` with more than two values (SQLite manual, The Query Optimizer Overview), and for a CHECK
-- it does so with each row. The table is made anew, because a CHECK without a name cannot be replaced.
CREATE TABLE assets_anew (
    -- What asset_terms calls the asset. Explicit, so that VACUUM keeps it.
    seq INTEGER NOT NULL PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    owner_id BLOB NOT NULL CHECK (length(owner_id) = 16),
    site_id BLOB,
    unit_id BLOB,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status = 'draft' OR status = 'active' OR status = 'archived'),
    tags TEXT NOT NULL,
    attributes TEXT NOT NULL,
    value_amount INTEGER,
    value_currency TEXT,
    acquired_on TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((value_amount IS NULL) = (value_currency IS NULL)),
    CHECK (unit_id IS NULL OR site_id IS NOT NULL),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id),
    FOREIGN KEY (organization_id, site_id, unit_id) REFERENCES units (organization_id, site_id, id)
) STRICT;
INSERT INTO assets_anew SELECT * FROM assets;
DROP TABLE assets;
ALTER TABLE assets_anew RENAME TO assets;
CREATE INDEX assets_by_owner ON assets (organization_id, owner_id, id);
CREATE INDEX assets_by_update ON assets (organization_id, updated_at, id);
CREATE INDEX assets_by_title ON assets (organization_id, title, id);
CREATE INDEX assets_by_category ON assets (organization_id, category, id);
CREATE INDEX assets_by_site ON assets (organization_id, site_id, id) WHERE site_id IS NOT NULL;
CREATE INDEX assets_by_unit ON assets (organization_id, unit_id, id) WHERE unit_id IS NOT NULL;
