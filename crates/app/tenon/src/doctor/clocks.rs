use std::time::Duration;

use tenon_kernel::{Clock, Timestamp};
use tenon_local::SystemClock;

use super::finding::Finding;

/// Instances take jobs over by their clocks, which must agree to within ten seconds.
const BROKEN: Duration = Duration::from_secs(10);
const ODD: Duration = Duration::from_secs(1);

/// No Tenon was written before.
const FIRST: Timestamp = Timestamp::from_micros(1_760_000_000_000_000);

const REMEDY: &str = "let NTP set the clocks of both machines (chrony, systemd-timesyncd)";

/// A time that another machine told, and when that was heard here.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    pub there: Timestamp,
    pub here: Timestamp,
}

impl Told {
    /// Something that was told just now.
    pub fn now(there: Timestamp) -> Self {
        Self {
            there,
            here: SystemClock::default().now(),
        }
    }
}

/// Compares this machine's clock with those of the others.
pub fn compare(database: Option<Told>, redis: Option<Told>) -> Vec<Finding> {
    let here = SystemClock::default().now();
    let mut findings = Vec::new();
    if here < FIRST {
        findings.push(Finding::failure("clock", format!("this machine says {here}"), REMEDY));
    }
    let others = [("the database", database), ("Redis", redis)];
    let told: Vec<_> = others
        .into_iter()
        .filter_map(|(name, told)| Some((name, told?)))
        .collect();
    if told.is_empty() && findings.is_empty() {
        findings.push(Finding::ok(
            "clock",
            format!("{here}; there is no other to compare with"),
        ));
    }
    findings.extend(told.into_iter().map(|(name, told)| judge(name, told)));
    findings
}

fn judge(name: &str, told: Told) -> Finding {
    let apart = told.there.since(told.here).max(told.here.since(told.there));
    let found = format!("{:.3} s from that of {name}", apart.as_secs_f64());
    if apart >= BROKEN {
        Finding::failure("clock", found, REMEDY)
    } else if apart >= ODD {
        Finding::warning("clock", found, REMEDY)
    } else {
        Finding::ok("clock", found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn clocks_may_differ_by_a_second_and_must_not_by_ten() {
        let here = FIRST;
        for (millis, state) in [
            (0, State::Ok),
            (900, State::Ok),
            (1500, State::Warning),
            (10_000, State::Failure),
        ] {
            let later = here.plus(Duration::from_millis(millis));
            for (there, here) in [(later, here), (here, later)] {
                assert_eq!(judge("Redis", Told { there, here }).state, state, "{millis}");
            }
        }
    }
}
