//! When the bytes reach the disk, by the system calls that the server makes.

use std::collections::HashSet;
use std::time::Duration;

use tenon_tests::app::Setup;
use xtask::programs;

use tenon_tests::waiting::until;

const POSTS: usize = 10;
const CALLS: &str = "trace=fdatasync,fsync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64";

/// Where one request is.
#[derive(Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    Asked,
    Synced,
}

/// How many requests were answered 201 after a sync of the log that began after they were read.
fn answered_after_sync(trace: &str) -> usize {
    let (mut stage, mut count, mut syncing) = (Stage::Idle, 0, HashSet::new());
    for line in trace.lines() {
        let process = line.split_whitespace().next().unwrap_or_default();
        let sync = line.contains("fdatasync(") || line.contains("fsync(");
        if line.contains("\"POST /api/") {
            stage = Stage::Asked;
            syncing.clear();
        } else if sync && line.contains("-wal>") && line.ends_with("<unfinished ...>") {
            syncing.insert(process.to_owned());
        } else if (sync && line.contains("-wal>") || line.contains("sync resumed>") && syncing.remove(process))
            && line.ends_with("= 0")
        {
            if stage == Stage::Asked {
                stage = Stage::Synced;
            }
        } else if line.contains("\"HTTP/1.1 201") {
            assert_eq!(stage, Stage::Synced, "answered before the sync:\n{trace}");
            stage = Stage::Idle;
            count += 1;
        }
    }
    count
}

#[tokio::test]
async fn an_asset_is_on_the_disk_before_it_is_acknowledged() {
    let strace = programs::on_path("strace").expect("strace is not installed: run `cargo xtask provision`");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let (strace, output) = (strace.display().to_string(), file.display().to_string());
    let command = [
        strace.as_str(),
        "-D",
        "-f",
        "-y",
        "-s",
        "32",
        "-e",
        CALLS,
        "-o",
        &output,
    ];
    let mut app = Setup::SqliteAlone.options().through(&command).start().await;
    let ada = app.register("ada").await;
    for number in 0..POSTS {
        ada.made_asset(&format!("Pump {number}")).await;
    }
    assert_eq!(app.stop().await, Some(0));
    let trace = || std::fs::read_to_string(&file).unwrap();
    until("the trace ends", Duration::from_secs(5), async || {
        trace().contains("+++ exited with 0 +++")
    })
    .await;
    // And the account.
    assert_eq!(answered_after_sync(&trace()), POSTS + 1);
}

#[test]
#[should_panic(expected = "answered before the sync")]
fn a_trace_with_an_early_answer_is_found_out() {
    let early = "1 recvfrom(9<socket>, \"POST /api/assets HTTP\"..., 8192) = 200\n\
                 2 fdatasync(7</data/tenon.db-wal> <unfinished ...>\n\
                 1 sendto(9<socket>, \"HTTP/1.1 201 Created\"..., 400) = 400\n\
                 2 <... fdatasync resumed>) = 0\n";
    answered_after_sync(early);
}
