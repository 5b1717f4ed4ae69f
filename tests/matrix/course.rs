//! One run: everybody works, things break one after the other, and in the end all is held against what was acknowledged.

use futures_util::future::join_all;
use tokio::time::Instant;

use super::crowd::Crowd;
use super::ground::Ground;
use super::schedule::{Fault, Schedule};
use super::table::Table;

/// Runs a schedule, and fails unless every promise was kept. The lines to run it again come first, so that they are there
/// however it fails.
pub async fn run(schedule: &Schedule) -> Table {
    eprintln!("{schedule}");
    let begin = Instant::now();
    let ground = Ground::prepare(schedule.stand).await;
    let mut crowd = Crowd::begin(&ground, schedule.seed).await;
    let mut table = Table::default();
    for (number, step) in schedule.steps.iter().enumerate() {
        crowd.more(step.after).await;
        let faults: Vec<String> = step.faults.iter().map(Fault::to_string).collect();
        eprintln!("{:>8.1?} step {number}: {}", begin.elapsed(), faults.join(", and "));
        let suffering = step.faults.iter().map(|fault| ground.suffer(fault));
        for (fault, happened) in step.faults.iter().zip(join_all(suffering).await) {
            if happened {
                table.count(fault.kind);
            } else {
                eprintln!("{:>8.1?} it could not be: {fault}", begin.elapsed());
            }
        }
        crowd.everybody_goes_on().await;
    }
    ground.heal().await;
    table.end(crowd.end(&ground).await);
    eprintln!(
        "{:>8.1?} {} seed {}:\n{table}",
        begin.elapsed(),
        schedule.stand.name(),
        schedule.seed
    );
    let wrong = table.wrong();
    assert!(wrong.is_empty(), "{schedule}\n{}", wrong.join("\n"));
    table
}
