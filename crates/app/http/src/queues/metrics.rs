use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tenon_jobs::{Outcome, QueueName, State};
use tenon_kernel::Timestamp;

use super::Queues;

type OfQueue = [(&'static str, &'static str); 1];
type InQueue = [(&'static str, &'static str); 2];

impl Queues {
    /// Lets the counts be printed.
    pub(crate) fn register(&self, registry: &mut Registry, now: Timestamp) {
        let (jobs, overdue) = (Family::<InQueue, Gauge>::default(), Family::<OfQueue, Gauge>::default());
        for count in self.latest() {
            let queue = ("queue", count.queue.as_str());
            for (state, number) in [
                (State::Waiting, count.waiting),
                (State::Running, count.running),
                (State::Dead, count.dead),
            ] {
                let gauge = jobs.get_or_create_owned(&[queue, ("state", state.as_str())]);
                gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
            }
            let waited = count.first_due.map_or(0, |due| now.since(due).as_secs());
            overdue
                .get_or_create_owned(&[queue])
                .set(i64::try_from(waited).unwrap_or(i64::MAX));
        }
        registry.register("tenon_jobs", "Jobs of all instances, counted lately", jobs);
        registry.register(
            "tenon_jobs_overdue_seconds",
            "How long the job that is first in turn has been due",
            overdue,
        );
        registry.register(
            "tenon_job_attempts",
            "Attempts that ended on this instance",
            self.attempts(),
        );
    }

    fn attempts(&self) -> Family<InQueue, Counter> {
        let attempts = Family::<InQueue, Counter>::default();
        for queue in QueueName::ALL {
            for outcome in Outcome::ALL {
                let labels = [("queue", queue.as_str()), ("outcome", outcome.as_str())];
                attempts
                    .get_or_create_owned(&labels)
                    .inc_by(self.tally.of(queue, outcome));
            }
        }
        attempts
    }
}
