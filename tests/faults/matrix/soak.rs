//! The long run: one seed after the other, until the time is over.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use super::course::run;
use super::schedule::Schedule;
use super::setting;
use super::stand::Stand;
use super::table::Table;

/// Steps of each run: every kind of fault comes at least once.
const STEPS: u64 = 20;

/// Kinds of installation that are chosen by `TENON_SOAK_STAND`, or all.
fn stands() -> Vec<Stand> {
    match std::env::var("TENON_SOAK_STAND") {
        Ok(name) if !name.is_empty() => vec![Stand::of_name(&name).unwrap_or_else(|| panic!("there is no {name}"))],
        _ => Stand::ALL.to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes as long as it is told: just soak SECONDS"]
async fn soak() {
    let time = Duration::from_secs(setting("TENON_SOAK_SECONDS", 60));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (first, steps) = (setting("TENON_TEST_SEED", now), setting("TENON_TEST_FAULTS", STEPS));
    let stands = stands();
    let mut tables: Vec<Table> = stands.iter().map(|_| Table::default()).collect();
    let begin = Instant::now();
    for seed in first.. {
        for (stand, table) in stands.iter().zip(&mut tables) {
            if begin.elapsed() < time {
                let schedule = Schedule::draw(seed, *stand, usize::try_from(steps).unwrap());
                table.add(run(&schedule).await);
            }
        }
        if begin.elapsed() >= time {
            break;
        }
    }
    for (stand, table) in stands.iter().zip(&tables) {
        eprintln!("\n{}, in all:\n{table}", stand.name());
    }
}
