use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota as Cells, RateLimiter};
use parking_lot::RwLock;
use tenon_kernel::{Quota, RateLimits, Standing};

/// What one request weighs. `governor` tells how many cells are left, not when the quota is whole again; with so many
/// cells to a request, the one follows from the other to a thousandth of a request's interval.
const WEIGHT: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);

/// As many keys are held before the first look for idle ones.
const FEW: usize = 4096;

/// How many requests of a quota pass between two looks at the number of its keys.
const STRIDE: usize = 1024;

/// Counts requests in this process.
///
/// Keys that are idle for a whole window are dropped when their number has doubled, so that a flood of addresses holds
/// memory for the addresses of about two windows at most. A quota may have up to four million requests.
pub struct LocalRateLimits<C: Clock = DefaultClock> {
    clock: C,
    limits: RwLock<HashMap<Quota, Arc<Limit<C>>>>,
}

impl LocalRateLimits {
    /// Limits that take their time from the machine.
    pub fn new() -> Self {
        Self::with_clock(DefaultClock::default())
    }
}

impl Default for LocalRateLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Clock + Clone> LocalRateLimits<C> {
    /// Limits that take their time from `clock`.
    pub fn with_clock(clock: C) -> Self {
        Self {
            clock,
            limits: RwLock::new(HashMap::new()),
        }
    }

    /// How many keys are held in memory, those that are idle among them.
    pub fn keys(&self) -> usize {
        self.limits.read().values().map(|limit| limit.cells.len()).sum()
    }

    fn limit(&self, quota: &Quota) -> Arc<Limit<C>> {
        if let Some(limit) = self.limits.read().get(quota) {
            return Arc::clone(limit);
        }
        let mut limits = self.limits.write();
        Arc::clone(
            limits
                .entry(*quota)
                .or_insert_with(|| Arc::new(Limit::new(quota, self.clock.clone()))),
        )
    }
}

#[async_trait]
impl<C: Clock + Clone + Send + Sync> RateLimits for LocalRateLimits<C> {
    async fn take(&self, quota: &Quota, key: &str) -> Standing {
        self.limit(quota).take(key)
    }
}

type Limiter<C> = RateLimiter<String, DashMapStateStore<String>, C, StateInformationMiddleware>;

/// The keys of one quota.
struct Limit<C: Clock> {
    cells: Limiter<C>,
    /// Of one cell.
    interval: Duration,
    /// Cells of a whole quota.
    whole: u32,
    requests: AtomicUsize,
    /// At this number of keys the idle ones are dropped.
    crowded: AtomicUsize,
}

impl<C: Clock> Limit<C> {
    fn new(quota: &Quota, clock: C) -> Self {
        let interval = (quota.interval() / WEIGHT.get()).max(Duration::from_nanos(1));
        let whole = quota.amount.saturating_mul(WEIGHT);
        let cells = Cells::with_period(interval)
            .unwrap_or(Cells::per_second(whole))
            .allow_burst(whole);
        Self {
            cells: Limiter::new(cells, DashMapStateStore::default(), clock),
            interval,
            whole: whole.get(),
            requests: AtomicUsize::new(0),
            crowded: AtomicUsize::new(FEW),
        }
    }

    fn take(&self, key: &str) -> Standing {
        if self.requests.fetch_add(1, Ordering::Relaxed) % STRIDE == STRIDE - 1 {
            self.drop_idle();
        }
        match self.cells.check_key_n(&key.to_owned(), WEIGHT) {
            Ok(Ok(state)) => {
                let left = state.remaining_burst_capacity();
                let reset = self.interval * self.whole.saturating_sub(left);
                Standing {
                    retry_after: Duration::ZERO,
                    remaining: left / WEIGHT,
                    reset,
                }
            }
            Ok(Err(until)) => {
                let retry_after = until
                    .wait_time_from(self.cells.clock().now())
                    .max(Duration::from_nanos(1));
                let reset = retry_after + self.interval * (self.whole - WEIGHT.get());
                Standing {
                    retry_after,
                    remaining: 0,
                    reset,
                }
            }
            // A quota holds at least one request.
            Err(_) => Standing {
                retry_after: self.interval * WEIGHT.get(),
                remaining: 0,
                reset: Duration::ZERO,
            },
        }
    }

    fn drop_idle(&self) {
        if self.cells.len() < self.crowded.load(Ordering::Relaxed) {
            return;
        }
        self.cells.retain_recent();
        self.cells.shrink_to_fit();
        self.crowded.store(FEW.max(self.cells.len() * 2), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn five_a_minute() -> Quota {
        Quota::per_minute("auth", NonZeroU32::new(5).unwrap())
    }

    fn limits() -> (FakeRelativeClock, LocalRateLimits<FakeRelativeClock>) {
        let clock = FakeRelativeClock::default();
        (clock.clone(), LocalRateLimits::with_clock(clock))
    }

    #[tokio::test]
    async fn the_standing_counts_down_and_says_when_the_quota_is_whole() {
        let (clock, limits) = limits();
        let second = Duration::from_secs(1);
        for (remaining, reset) in [(4, 12), (3, 24), (2, 36), (1, 48), (0, 60)] {
            let standing = limits.take(&five_a_minute(), "a").await;
            assert_eq!(
                standing,
                Standing {
                    retry_after: Duration::ZERO,
                    remaining,
                    reset: reset * second
                }
            );
        }
        clock.advance(4 * second);
        let refused = limits.take(&five_a_minute(), "a").await;
        assert_eq!(
            refused,
            Standing {
                retry_after: 8 * second,
                remaining: 0,
                reset: 56 * second
            }
        );
        clock.advance(7 * second);
        assert_eq!(limits.take(&five_a_minute(), "a").await.retry_after, second);
        clock.advance(second);
        assert!(limits.take(&five_a_minute(), "a").await.allowed());
        assert!(!limits.take(&five_a_minute(), "a").await.allowed());
    }

    #[tokio::test]
    async fn a_whole_window_makes_the_quota_whole() {
        let (clock, limits) = limits();
        for amount in [1, 3, 7, 100, 1_000_000] {
            let quota = Quota {
                name: "api",
                amount: NonZeroU32::new(amount).unwrap(),
                window: Duration::from_secs(60),
            };
            for _ in 0..3 {
                for _ in 0..amount.min(1000) {
                    assert!(limits.take(&quota, "a").await.allowed());
                }
                clock.advance(Duration::from_secs(60));
            }
        }
    }

    #[tokio::test]
    async fn a_flood_of_keys_does_not_grow_memory_without_bound() {
        let (clock, limits) = limits();
        for round in 0..10 {
            for address in 0..20_000 {
                limits.take(&five_a_minute(), &format!("{round} {address}")).await;
            }
            assert!(limits.keys() <= 50_000, "{} keys", limits.keys());
            clock.advance(Duration::from_secs(60));
        }
    }

    #[tokio::test]
    async fn dropping_idle_keys_keeps_the_counts_of_the_others() {
        let (clock, limits) = limits();
        for address in 0..FEW {
            limits.take(&five_a_minute(), &format!("idle {address}")).await;
        }
        clock.advance(Duration::from_secs(30));
        while limits.take(&five_a_minute(), "busy").await.allowed() {}
        clock.advance(Duration::from_secs(11));
        for address in 0..FEW {
            limits.take(&five_a_minute(), &format!("new {address}")).await;
        }
        assert!(limits.keys() <= FEW + STRIDE + 1, "{} keys", limits.keys());
        assert!(!limits.take(&five_a_minute(), "busy").await.allowed());
    }
}
