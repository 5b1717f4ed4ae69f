use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use tenon_accounts::{Attempts, backoff};
use tenon_kernel::{Clock, Timestamp};

/// How long failures are remembered after the last of them.
const MEMORY: Duration = Duration::from_secs(30 * 60);

/// As many accounts are held before the first look for forgotten ones.
const FEW: usize = 1024;

/// Counts wrong passwords in this process.
///
/// A failure costs a password hash, so that no more accounts can be held than hashes are made in half an hour.
pub struct LocalAttempts {
    clock: Arc<dyn Clock>,
    accounts: Mutex<Accounts>,
}

struct Accounts {
    failed: HashMap<Box<str>, Failures>,
    /// At this number of accounts the forgotten ones are dropped.
    crowded: usize,
}

struct Failures {
    count: u32,
    last: Timestamp,
}

impl Failures {
    fn forgotten(&self, now: Timestamp) -> bool {
        now.since(self.last) >= MEMORY
    }
}

impl LocalAttempts {
    /// A count that starts empty and takes its time from `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            accounts: Mutex::new(Accounts {
                failed: HashMap::new(),
                crowded: FEW,
            }),
        }
    }
}

#[async_trait]
impl Attempts for LocalAttempts {
    async fn wait(&self, account: &str) -> Duration {
        let now = self.clock.now();
        match self.accounts.lock().failed.get(account) {
            Some(failures) if !failures.forgotten(now) => failures.last.plus(backoff(failures.count)).since(now),
            _ => Duration::ZERO,
        }
    }

    async fn failed(&self, account: &str) {
        let now = self.clock.now();
        let mut accounts = self.accounts.lock();
        if let Some(failures) = accounts.failed.get_mut(account) {
            let count = if failures.forgotten(now) { 0 } else { failures.count };
            *failures = Failures {
                count: count.saturating_add(1),
                last: now,
            };
            return;
        }
        if accounts.failed.len() >= accounts.crowded {
            accounts.failed.retain(|_, failures| !failures.forgotten(now));
            accounts.crowded = FEW.max(accounts.failed.len() * 2);
        }
        accounts.failed.insert(account.into(), Failures { count: 1, last: now });
    }

    async fn succeeded(&self, account: &str) {
        self.accounts.lock().failed.remove(account);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[derive(Default)]
    struct SetClock(AtomicI64);

    impl SetClock {
        fn advance(&self, span: Duration) {
            self.0
                .fetch_add(i64::try_from(span.as_micros()).unwrap(), Ordering::Relaxed);
        }
    }

    impl Clock for SetClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.load(Ordering::Relaxed))
        }
    }

    fn attempts() -> (Arc<SetClock>, LocalAttempts) {
        let clock = Arc::new(SetClock::default());
        (Arc::clone(&clock), LocalAttempts::new(clock))
    }

    #[tokio::test]
    async fn the_wait_runs_out_and_the_count_stays() {
        let (clock, attempts) = attempts();
        for _ in 0..5 {
            attempts.failed("a").await;
        }
        assert_eq!(attempts.wait("a").await, Duration::from_secs(2));
        clock.advance(Duration::from_millis(1500));
        assert_eq!(attempts.wait("a").await, Duration::from_millis(500));
        clock.advance(Duration::from_millis(500));
        assert_eq!(attempts.wait("a").await, Duration::ZERO);
        attempts.failed("a").await;
        assert_eq!(attempts.wait("a").await, Duration::from_secs(4));
    }

    #[tokio::test]
    async fn failures_are_forgotten_half_an_hour_after_the_last() {
        let (clock, attempts) = attempts();
        for _ in 0..4 {
            attempts.failed("a").await;
        }
        clock.advance(MEMORY - Duration::from_secs(1));
        attempts.failed("a").await;
        assert_eq!(attempts.wait("a").await, Duration::from_secs(2));
        clock.advance(MEMORY);
        attempts.failed("a").await;
        assert_eq!(attempts.wait("a").await, Duration::ZERO);
    }

    #[tokio::test]
    async fn forgotten_accounts_take_no_memory() {
        let (clock, attempts) = attempts();
        for round in 0..20 {
            for account in 0..FEW {
                attempts.failed(&format!("{round} {account}")).await;
            }
            clock.advance(MEMORY);
        }
        assert!(attempts.accounts.lock().failed.len() <= FEW);
    }
}
