//! A server under abuse, somebody who uses it meanwhile, and what is asked of it afterwards.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use tenon_tests::app::{Options, PASSWORD, Person, Setup, TestApp};
use tenon_tests::descriptors::allow_many_files;
use tenon_tests::waiting::until_ok;

/// Within this somebody else is answered, on a machine that is busy with other tests, too.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Between two questions of whoever uses the server meanwhile.
const PAUSE: Duration = Duration::from_millis(25);

/// The fewest times that somebody else must have been answered.
const ANSWERS: usize = 3;

/// MiB by which memory may grow while requests of an ordinary size are answered: for connections, what the database keeps in memory, and what
/// the allocator does not give back. About 10 were measured.
pub const ORDINARY: u64 = 32;

pub struct Siege {
    pub app: TestApp,
    /// Uses the server meanwhile, and has an asset.
    pub ada: Person,
    pub asset: String,
    before: Memory,
    over: Over,
    bystander: JoinHandle<Bystander>,
}

/// Set when the test ends, however it ends.
#[derive(Debug, Default)]
struct Over(Arc<AtomicBool>);

/// What somebody saw who used the server meanwhile.
#[derive(Debug, Default)]
struct Bystander {
    answers: usize,
    slowest: Duration,
}

/// Resident memory of the server, in KiB; zeros where the system does not tell.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    now: u64,
    peak: u64,
}

impl Memory {
    fn of(app: &TestApp) -> Self {
        let status = fs::read_to_string(format!("/proc/{}/status", app.pid())).unwrap_or_default();
        let line = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            line.map_or(0, |line| line.split_whitespace().nth(1).unwrap().parse().unwrap())
        };
        Self {
            now: line("VmRSS:"),
            peak: line("VmHWM:"),
        }
    }
}

/// A server on its embedded storage, with limits of requests that nobody reaches.
pub fn options() -> Options {
    Setup::SqliteAlone.options()
}

impl Siege {
    /// Starts a server, and somebody who asks it for their asset and for its health again and again.
    pub async fn begin(options: Options) -> Self {
        allow_many_files();
        let app = options.start().await;
        let ada = app.register("ada").await;
        let asset = ada.made_asset("Main pump").await;
        // What the first requests of each kind take for good is no harm done.
        ada.socket().await.close().await;
        app.anonymous().health().await.expect(200);
        let over = Over::default();
        let bystander = {
            let (address, token, over) = (app.address(), ada.token().to_owned(), Arc::clone(&over.0));
            let paths = ["/api/health".to_owned(), format!("/api/assets/{asset}")];
            // A thread of its own, which does not wait for the tasks of whoever floods.
            thread::spawn(move || bystander(address, &token, &paths, &over))
        };
        Self {
            before: Memory::of(&app),
            app,
            ada,
            asset,
            over,
            bystander,
        }
    }

    /// The log, once it is as it must become. It is written behind the answers.
    pub async fn log_until(&self, is_there: impl Fn(&str) -> bool) -> String {
        until_ok("the log tells of it", PATIENCE, async || {
            let log = self.app.log();
            if is_there(&log) { Ok(log) } else { Err(log) }
        })
        .await
    }

    /// Ends it: everybody else was answered, the server lives, its memory has grown by at most so many MiB at any time, and no secret of
    /// the bystander is in the log. Tells the row of the table.
    pub async fn end(self, what: &str, held: &str, mebibytes: u64) {
        drop(self.over);
        let seen = tokio::task::spawn_blocking(|| self.bystander.join())
            .await
            .unwrap()
            .unwrap();
        assert!(seen.answers >= ANSWERS, "{what}: {seen:?}");
        self.app.anonymous().health().await.expect(200);
        self.ada.sign_in().await.asset(&self.asset).await.expect(200);
        let memory = Memory::of(&self.app);
        let grown = memory.peak.saturating_sub(self.before.now);
        eprintln!(
            "| {what} | {held} | {} answers, the slowest {} ms | {} -> {} MiB, {} after |",
            seen.answers,
            seen.slowest.as_millis(),
            self.before.now / 1024,
            memory.peak / 1024,
            memory.now / 1024,
        );
        assert!(grown <= mebibytes * 1024, "{what}: memory grew by {grown} KiB");
        keeps_secrets(&self.app.log_so_far().await, &self.ada);
    }
}

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn keeps_secrets(log: &str, ada: &Person) {
    assert!(!log.contains("panicked"), "{log}");
    let signature = ada.token().rsplit('.').next().unwrap();
    for secret in [signature, ada.refresh_token.as_str(), PASSWORD] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}

#[expect(clippy::disallowed_methods, reason = "no runtime is on this thread")]
fn bystander(address: SocketAddr, token: &str, paths: &[String], over: &AtomicBool) -> Bystander {
    let mut seen = Bystander::default();
    while !over.load(Ordering::Relaxed) || seen.answers < ANSWERS {
        for path in paths {
            let begin = Instant::now();
            while !is_answered(address, token, path) {
                let is_held_up = begin.elapsed() >= PATIENCE || over.load(Ordering::Relaxed);
                assert!(!is_held_up, "somebody else is held up");
                sleep(PAUSE);
            }
            seen.answers += 1;
            seen.slowest = seen.slowest.max(begin.elapsed());
        }
        sleep(PAUSE);
    }
    seen
}

/// Whether the answer is 200. None comes, or 408, when this machine was too busy to send the head in five seconds.
fn is_answered(address: SocketAddr, token: &str, path: &str) -> bool {
    let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut answer = Vec::new();
    let asked = TcpStream::connect(address).and_then(|mut stream| {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(head.as_bytes())?;
        stream.read_to_end(&mut answer)
    });
    let text = String::from_utf8_lossy(&answer);
    let nothing = text.is_empty() || text.starts_with("HTTP/1.1 408 ");
    assert!(nothing || text.starts_with("HTTP/1.1 200 "), "{path}: {text}");
    asked.is_ok() && !nothing
}
