//! Other sessions with a database, which hold a lock until they are dropped.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use xtask::programs;

use crate::databases::{Database, program};

/// Nobody else gets what is locked as long as this is there.
pub struct Lock(#[expect(dead_code, reason = "the lock goes when the session ends")] Child);

impl Lock {
    /// A whole table of Postgres.
    pub async fn table(database: &Database, table: &str) -> Self {
        let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n");
        Self::held_by(client(database), &lock).await
    }

    /// An advisory lock of Postgres.
    pub async fn advisory(database: &Database, key: i64) -> Self {
        let lock = format!("SELECT 'locked' FROM pg_advisory_lock({key});\n");
        Self::held_by(client(database), &lock).await
    }

    /// What Graph posts cannot be stored: on SQLite nothing can be.
    pub async fn inbox(database: &Database) -> Self {
        let Some(file) = database.url().strip_prefix("sqlite:") else {
            return Self::table(database, "graph_batches").await;
        };
        let sqlite = programs::on_path("sqlite3")
            .unwrap_or_else(|| panic!("sqlite3 is not installed: run `cargo xtask provision`"));
        let mut command = Command::new(sqlite);
        command.arg(file);
        Self::held_by(command, ".timeout 5000\nBEGIN IMMEDIATE; SELECT 'locked';\n").await
    }

    async fn held_by(mut command: Command, lock: &str) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut session = command.kill_on_drop(true).spawn().unwrap();
        let input = session.stdin.as_mut().unwrap();
        input.write_all(lock.as_bytes()).await.unwrap();
        let mut lines = BufReader::new(session.stdout.take().unwrap()).lines();
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("locked"));
        Self(session)
    }
}

fn client(database: &Database) -> Command {
    let mut command = Command::new(program("psql"));
    command.args(["-X", "-q", "-t", "-A", database.url()]);
    command
}
