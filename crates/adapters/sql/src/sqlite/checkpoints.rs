//! Copying what is in the write-ahead log into the database (SQLite manual, Write-Ahead Logging, section 2.3) while others
//! write.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::sql_types::Integer;
use diesel::{QueryResult, RunQueryDsl};
use tenon_kernel::Unavailable;

use super::Conn;
use crate::fault::unavailable;

/// At this length of the log, in pages of 4 KiB, copying begins.
pub const LONG: i32 = 16_000;

/// The writer looks at the log's length after so many commits.
const EVERY: u32 = 16;

/// How often all of the log is copied before the writer is asked to finish: the first time takes some ten milliseconds, the
/// second time copies what was written meanwhile.
const PASSES: usize = 2;

/// The writer's side of it.
///
/// The log begins anew only after all of it was copied and synced, and somebody who always writes never lets anybody else come
/// so far. So a thread copies and syncs nearly all, and the writer the rest, in a pause of a few milliseconds between two
/// transactions.
pub struct Checkpoints {
    long: i32,
    commits: u32,
    begin: Sender<()>,
    copied: Arc<AtomicBool>,
}

impl Checkpoints {
    /// Starts the thread, with a connection of its own. It ends when this is dropped.
    pub fn start(connection: Conn, path: &Path, long: i32) -> std::io::Result<Self> {
        // Closing a file gives up all locks that the process has on it, SQLite's too (SQLite manual, How To Corrupt, section
        // 2.2). So this one is never closed.
        let file = ManuallyDrop::new(File::open(path)?);
        let (begin, begun) = bounded(1);
        let copied = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&copied);
        thread::Builder::new()
            .name("sql-checkpoints".to_owned())
            .spawn(move || copy(connection, &file, &begun, &done))?;
        Ok(Self {
            long,
            commits: 0,
            begin,
            copied,
        })
    }

    /// To be called by the writer after each commit.
    pub fn committed(&mut self, connection: &mut Conn) {
        if let Err(error) = self.look(connection) {
            tracing::error!(%error, "SQLite's log was not copied");
        }
    }

    fn look(&mut self, connection: &mut Conn) -> QueryResult<()> {
        if self.copied.swap(false, Ordering::Acquire) {
            return connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        self.commits += 1;
        if self.commits >= EVERY {
            self.commits = 0;
            if length(connection)? >= self.long {
                // If there is no room, it has begun already.
                let _ = self.begin.try_send(());
            }
        }
        Ok(())
    }
}

#[derive(QueryableByName)]
struct Log {
    #[diesel(sql_type = Integer)]
    log: i32,
}

/// The pages in the log that the next transaction adds to.
fn length(connection: &mut Conn) -> QueryResult<i32> {
    let log: Log = diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(connection)?;
    Ok(log.log)
}

fn copy(mut connection: Conn, file: &File, begun: &Receiver<()>, copied: &AtomicBool) {
    for () in begun {
        for _ in 0..PASSES {
            if let Err(error) = pass(&mut connection, file) {
                tracing::error!(%error, "SQLite's log was not copied");
            }
        }
        copied.store(true, Ordering::Release);
    }
}

fn pass(connection: &mut Conn, file: &File) -> Result<(), Unavailable> {
    connection
        .batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
        .map_err(unavailable)?;
    // SQLite syncs after the last page alone. What is synced here it need not write then.
    file.sync_data().map_err(unavailable)
}
