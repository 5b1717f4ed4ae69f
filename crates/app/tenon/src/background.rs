//! Work that no request asks for.

pub mod cluster;

use std::sync::Arc;
use std::time::Duration;

use tenon_accounts::{Accounts, ApiAccess};
use tenon_crypto::Ring;
use tenon_http::{Health, Queues};
use tenon_kernel::{Clock, Keyring, Timestamp, Unavailable};
use tenon_rooms::Announcer;
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep, timeout};

const LEARN: Duration = Duration::from_secs(1);
/// Between two looks into the file of keys. A rotation counts on it.
const READ_KEYS: Duration = Duration::from_secs(1);
/// How often what other instances left behind is looked for.
const LOOK: Duration = Duration::from_secs(2);
/// How often it is stored which API keys were used, which each is said to be once a minute.
const KEEP_USES: Duration = Duration::from_secs(1);
/// How long nothing is told after something was, so that what happens again and again is told many at a time. What happens after a
/// while is told at once.
const REST: Duration = Duration::from_millis(2);
/// How long what was told is gathered to be struck out together. An instance that dies meanwhile has others tell it again.
const GATHER: Duration = Duration::from_millis(20);
/// How much longer a stop may take to tell what happened last.
const LAST: Duration = Duration::from_secs(2);
/// Between two tries to tell what could not be told.
const AGAIN: Duration = Duration::from_secs(1);

/// A transaction may commit this much later than the time that it wrote into its rows, and clocks differ.
const OVERLAP: Duration = Duration::from_secs(60);

/// Keeps up with what other instances revoke.
pub struct Learning {
    accounts: Accounts,
    clock: Arc<dyn Clock>,
    since: Timestamp,
    failing: bool,
}

impl Learning {
    /// Learns everything that is revoked, so that nothing is served before.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn start(accounts: Accounts, clock: Arc<dyn Clock>) -> Result<Self, Unavailable> {
        let now = clock.now();
        accounts.learn_revocations(Timestamp::from_micros(0)).await?;
        Ok(Self {
            accounts,
            clock,
            since: now.minus(OVERLAP),
            failing: false,
        })
    }

    /// Reads what is new, every second and without end. A store that fails is asked again for all that was missed.
    pub async fn run(mut self) {
        let mut ticks = every(LEARN);
        loop {
            ticks.tick().await;
            let now = self.clock.now();
            let outcome = self.accounts.learn_revocations(self.since).await;
            match &outcome {
                Ok(()) => self.since = now.minus(OVERLAP),
                Err(error) if !self.failing => tracing::warn!(%error, "cannot learn of revocations"),
                Err(_) => {}
            }
            self.failing = outcome.is_err();
        }
    }
}

/// Keeps up with the file of keys, every second and without end.
pub async fn follow_keys(ring: Arc<Ring>) {
    let mut ticks = every(READ_KEYS);
    let mut failing = false;
    loop {
        ticks.tick().await;
        let outcome = ring.refresh();
        match &outcome {
            Ok(true) => tracing::info!(key = %ring.current(), "another key seals from now on"),
            Ok(false) => {}
            Err(error) if !failing => tracing::warn!(%error, "cannot read the encryption keys; those read before stay"),
            Err(_) => {}
        }
        failing = outcome.is_err();
    }
}

/// Tells rooms what happened, without end: at once what this instance stored, which is struck out a little later, many at a time.
pub async fn announce(announcer: Announcer) {
    let told = Notify::new();
    tokio::join!(tell(&announcer, &told), tidy(&announcer, &told));
}

async fn tell(announcer: &Announcer, told: &Notify) {
    let mut outcome = announcer.tell_all().await;
    loop {
        if let Err(error) = outcome {
            tracing::warn!(%error, "cannot tell what happened; it is told later");
            while announcer.tell_all().await.is_err() {
                sleep(AGAIN).await;
            }
        }
        outcome = announcer.tell_fresh().await;
        told.notify_one();
        sleep(REST).await;
    }
}

async fn tidy(announcer: &Announcer, told: &Notify) {
    loop {
        told.notified().await;
        if let Err(error) = announcer.strike_out().await {
            tracing::warn!(%error, "cannot strike out what was told; it is told again");
        }
        sleep(GATHER).await;
    }
}

/// Tells what happened last and was not told in the meantime, so that nobody has to wait until it is taken for left behind.
pub async fn announce_rest(announcer: &Announcer) {
    match timeout(LAST, announcer.tell_all()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "cannot tell what happened last; it is told later"),
        Err(_) => tracing::warn!("telling what happened last takes too long; it is told later"),
    }
}

/// Tells what other instances, or interrupted requests, left behind, without end.
pub async fn make_up(announcer: Announcer) {
    let mut ticks = every(LOOK);
    loop {
        ticks.tick().await;
        if let Err(error) = announcer.tell_left_behind().await {
            tracing::debug!(%error, "cannot tell what was left behind");
        }
    }
}

/// Stores when API keys were used, every second and without end.
pub async fn keep_uses(access: ApiAccess) {
    let mut ticks = every(KEEP_USES);
    let mut failing = false;
    loop {
        ticks.tick().await;
        let outcome = access.keep_uses().await;
        match &outcome {
            Err(error) if !failing => {
                tracing::warn!(%error, "cannot store which API keys were used; it is tried again")
            }
            Ok(()) | Err(_) => {}
        }
        failing = outcome.is_err();
    }
}

/// Looks at what Tenon depends on, without end.
pub async fn watch(health: Arc<Health>) {
    health.run().await;
}

/// Counts jobs, without end.
pub async fn count(queues: Arc<Queues>) {
    queues.run().await;
}

fn every(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
