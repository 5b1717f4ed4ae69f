//! The long run: one seed after the other, until the time is over.

use std::env;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use super::course::run;
use super::schedule::Schedule;
use super::setting;
use super::stand::Stand;
use super::table::Table;

/// Steps of each run: every kind of fault comes at least once.
const STEPS: u64 = 20;

/// For how long each installation is to be broken, when that is more than once: `TENON_SOAK_SECONDS`, of which each has its part
/// unless `TENON_SOAK_STAND` names one.
pub fn time() -> Option<Duration> {
    let seconds: u32 = env::var("TENON_SOAK_SECONDS").ok()?.parse().unwrap();
    let is_one = env::var("TENON_SOAK_STAND").is_ok_and(|name| !name.is_empty());
    let parts = if is_one { 1 } else { Stand::ALL.len() };
    Some(Duration::from_secs(seconds.into()) / u32::try_from(parts).unwrap())
}

/// Draws seeds from `TENON_TEST_SEED` or the time of day upwards. The first that fails is the last.
pub async fn soak(stand: Stand, time: Duration) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (first, steps) = (setting("TENON_TEST_SEED", now), setting("TENON_TEST_FAULTS", STEPS));
    let (begin, mut table) = (Instant::now(), Table::default());
    for seed in first.. {
        let schedule = Schedule::draw(seed, stand, usize::try_from(steps).unwrap());
        table.add(run(&schedule).await);
        if begin.elapsed() >= time {
            break;
        }
    }
    eprintln!("\n{} for {:.0?}:\n{table}\n", stand.name(), begin.elapsed());
}
