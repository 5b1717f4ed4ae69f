use anyhow::Result;
use url::Url;

use crate::postgres::psql;
use crate::server::Server;
use crate::sqlite;

/// Messages of the past, as if each pair had exchanged its part of them: all delivered, and all but the latest of each pair read.
pub struct History {
    organization: String,
    pairs: Vec<[String; 2]>,
    messages: u64,
}

/// The latest messages of each pair, which are not read yet.
const UNREAD: u64 = 100;

impl History {
    /// So many messages together, between senders and recipients.
    pub fn new(organization: String, pairs: Vec<[String; 2]>, messages: u64) -> Self {
        Self {
            organization,
            pairs,
            messages,
        }
    }

    /// Puts the rows into the server's database.
    pub fn put(&self, server: &Server) -> Result<()> {
        match &server.database {
            Some(url) => psql(&Url::parse(url)?, &self.postgres()).map(drop),
            None => sqlite::run(&server.folder().join("data/tenon.db"), &self.sqlite()),
        }
    }

    fn each(&self) -> u64 {
        self.messages / self.pairs.len() as u64
    }

    /// The pairs, in a table `pairs` with their number, and from the `id` of texts as a database reads it.
    fn people(&self, id: impl Fn(&str) -> String) -> String {
        let rows = self
            .pairs
            .iter()
            .enumerate()
            .map(|(number, [sender, recipient])| format!("({number}, {}, {})", id(sender), id(recipient)));
        rows.collect::<Vec<_>>().join(", ")
    }

    /// Rows of messages are in the order of their ids, and older than what is sent from now on.
    fn postgres(&self) -> String {
        let (count, each, unread) = (self.pairs.len(), self.each(), UNREAD);
        let organization = format!("'{}'::uuid", self.organization);
        let people = self.people(|id| format!("'{id}'::uuid"));
        format!(
            "BEGIN;
            CREATE TEMP TABLE pairs (number integer, sender uuid, recipient uuid) ON COMMIT DROP;
            INSERT INTO pairs VALUES {people};
            CREATE TEMP TABLE past ON COMMIT DROP AS SELECT ('0101' || lpad(to_hex(i), 28, '0'))::uuid AS id, sender, recipient,
                i / {count} + 1 AS seq FROM generate_series(0, {count}::bigint * {each} - 1) AS i JOIN pairs ON number = i % {count};
            INSERT INTO mailboxes SELECT {organization}, unnest(ARRAY[sender, recipient]), {each}, 0 FROM pairs;
            INSERT INTO messages (organization_id, id, sender_id, sender_session, recipient_id, device, client_id, kind, seq, copy_seq,
                created_at, delivered_at, read_at, encrypted_content)
                SELECT {organization}, id, sender, id, recipient, 0, gen_random_uuid(), 'text', seq, seq, now(), now(),
                CASE WHEN seq <= {each} - {unread} THEN now() END, decode(repeat(md5(seq::text), 9), 'hex') FROM past ORDER BY id;
            INSERT INTO deliveries (organization_id, user_id, seq, device, message_id)
                SELECT {organization}, unnest(ARRAY[sender, recipient]), seq, 0, id FROM past ORDER BY id;
            INSERT INTO device_cursors SELECT {organization}, unnest(ARRAY[sender, recipient]), 0, {each} FROM pairs;
            INSERT INTO conversations SELECT {organization}, sender, recipient, max(id::text)::uuid FROM past GROUP BY 2, 3
                UNION ALL SELECT {organization}, recipient, sender, max(id::text)::uuid FROM past GROUP BY 2, 3;
            COMMIT;"
        )
    }

    fn sqlite(&self) -> String {
        let (count, each, unread) = (self.pairs.len(), self.each(), UNREAD);
        let organization = sqlite::blob(&self.organization);
        let people = self.people(sqlite::blob);
        let now = "CAST(unixepoch('now') AS INTEGER) * 1000000";
        let both = |rest: &str| {
            format!("SELECT {organization}, sender, {rest} UNION ALL SELECT {organization}, recipient, {rest}")
        };
        format!(
            ".timeout 20000
            PRAGMA foreign_keys = ON;
            CREATE TEMP TABLE pairs (number INTEGER PRIMARY KEY, sender BLOB, recipient BLOB);
            INSERT INTO pairs VALUES {people};
            CREATE TEMP TABLE past AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count} * {each})
                SELECT CAST(char(1, 1) || printf('%014d', i) AS BLOB) AS id, sender, recipient, i / {count} + 1 AS seq
                FROM n JOIN pairs ON number = i % {count};
            BEGIN IMMEDIATE;
            INSERT INTO mailboxes {mailboxes};
            INSERT INTO messages (organization_id, id, sender_id, sender_session, recipient_id, device, client_id, kind, seq, copy_seq,
                created_at, delivered_at, read_at, encrypted_content)
                SELECT {organization}, id, sender, id, recipient, 0, randomblob(16), 'text', seq, seq, {now}, {now},
                CASE WHEN seq <= {each} - {unread} THEN {now} END, randomblob(144) FROM past ORDER BY id;
            INSERT INTO deliveries (organization_id, user_id, seq, device, message_id) {deliveries};
            INSERT INTO device_cursors {cursors};
            INSERT INTO conversations SELECT {organization}, sender, recipient, max(id) FROM past GROUP BY sender, recipient
                UNION ALL SELECT {organization}, recipient, sender, max(id) FROM past GROUP BY sender, recipient;
            COMMIT;",
            mailboxes = both(&format!("{each}, 0 FROM pairs")),
            deliveries = both("seq, 0, id FROM past"),
            cursors = both(&format!("0, {each} FROM pairs")),
        )
    }
}
