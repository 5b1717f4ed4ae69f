use anyhow::Result;
use url::Url;

use crate::postgres::psql;
use crate::server::Server;
use crate::sqlite;

/// Assets that an owner made before, put into the database as Tenon would have.
pub struct Past {
    pub organization: String,
    pub owner: String,
    pub assets: usize,
}

impl Past {
    /// Puts the rows into the server's database.
    pub fn put(&self, server: &Server) -> Result<()> {
        match &server.database {
            Some(url) => psql(&Url::parse(url)?, &self.postgres()).map(drop),
            None => sqlite::run(&server.folder().join("data/tenon.db"), &self.sqlite()),
        }
    }

    /// Ids are in the order of their numbers, and older than those of assets that are made from now on.
    fn postgres(&self) -> String {
        let Self {
            organization,
            owner,
            assets,
        } = self;
        format!(
            "INSERT INTO assets (organization_id, id, owner_id, title, description, category, status, tags, attributes, version,
                created_at, updated_at, terms)
            SELECT '{organization}', ('0101' || lpad(to_hex(i), 28, '0'))::uuid, '{owner}', 'title ' || md5(i::text),
                repeat(md5(i::text), 6), 'category ' || i % 8, 'active', '[\"tag\"]', '{{\"year\":1900}}', 1,
                now() - interval '1 day' + i * interval '1 microsecond', now() - interval '1 day' + i * interval '1 microsecond',
                ('''@{organization}'' ''word' || i % 500 || '''')::tsvector
            FROM generate_series(1, {assets}) AS i;
            ANALYZE assets;"
        )
    }

    fn sqlite(&self) -> String {
        let (organization, owner) = (sqlite::blob(&self.organization), sqlite::blob(&self.owner));
        let assets = self.assets;
        format!(
            ".timeout 20000
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -200000;
            BEGIN IMMEDIATE;
            INSERT INTO assets (organization_id, id, owner_id, title, description, category, status, tags, attributes, version,
                created_at, updated_at)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {assets})
                SELECT {organization}, CAST(char(1, 1) || printf('%014d', i) AS BLOB), {owner},
                'title ' || hex(randomblob(8)), hex(randomblob(100)), 'category ' || i % 8, 'active', '[\"tag\"]', '{{\"year\":1900}}', 1,
                1600000000000000 + i, 1600000000000000 + i FROM n;
            INSERT INTO asset_terms (rowid, terms) SELECT seq, 'word' || seq % 500 FROM assets;
            COMMIT;
            PRAGMA wal_checkpoint(TRUNCATE);"
        )
    }
}
