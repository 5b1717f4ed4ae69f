//! The fault matrix: everything that a client is promised, while everything breaks that can, in an order that is drawn from a seed.
//!
//! `docs/faults.md` says what is broken how, and how to run it longer and again.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test; the schedule and the figures are shown when it does"
)]

mod breaking;
mod clock;
mod course;
mod crowd;
mod ground;
mod injection;
mod kind;
mod schedule;
mod signals;
mod soak;
mod stand;
mod table;

use schedule::Schedule;
use stand::Stand;

/// Steps of a run in the test command; its seeds are such that these kill and tear much.
const STEPS: u64 = 5;

/// What the environment says in place of the usual, or the usual.
fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// One run, or as many as there is time for.
async fn hold(stand: Stand, seed: u64) {
    if let Some(time) = soak::time() {
        return soak::soak(stand, time).await;
    }
    let seed = setting("TENON_TEST_SEED", seed);
    let steps = usize::try_from(setting("TENON_TEST_FAULTS", STEPS)).unwrap();
    course::run(&Schedule::draw(seed, stand, steps)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_alone_loses_nothing_and_doubles_nothing() {
    hold(Stand::SqliteAlone, 1113).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_with_redis_loses_nothing_and_doubles_nothing() {
    hold(Stand::PostgresWithRedis, 2541).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_alone_loses_nothing_and_doubles_nothing() {
    hold(Stand::PostgresAlone, 26).await;
}
