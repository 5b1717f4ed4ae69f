use std::time::Duration;

use tenon_kernel::{JobId, Timestamp};

use crate::{Failed, Lease};

/// How long a job that failed waits, and when it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The wait after the first attempt.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// After so many failed attempts a job is dead.
    pub attempts: u32,
}

impl Default for RetryPolicy {
    /// Eight attempts with 10 s to 1 h between them, an hour and a half altogether.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(10),
            longest: Duration::from_secs(60 * 60),
            attempts: 8,
        }
    }
}

impl RetryPolicy {
    /// Whether more attempts have begun than a job has.
    pub const fn is_beyond(&self, attempt: u32) -> bool {
        attempt > self.attempts
    }

    /// What becomes of a job whose attempt under this lease failed at `now`.
    pub fn after(&self, lease: &Lease, now: Timestamp) -> Failed {
        self.after_at_least(lease, Duration::ZERO, now)
    }

    /// The same, where no attempt makes sense for some time.
    pub fn after_at_least(&self, lease: &Lease, wait: Duration, now: Timestamp) -> Failed {
        if lease.attempt >= self.attempts {
            return Failed::Dead;
        }
        let wait = wait.max(jittered(self.wait(lease.attempt), lease.job));
        Failed::RetryAt(now.plus(wait))
    }

    /// The wait after an attempt, before jitter: each 8/3 times as long as the one before, so that the seventh of ten seconds
    /// is an hour.
    fn wait(&self, attempt: u32) -> Duration {
        let mut wait = self.first;
        for _ in 1..attempt {
            if wait >= self.longest {
                break;
            }
            wait = wait.saturating_mul(8) / 3;
        }
        wait.min(self.longest)
    }
}

/// Between three quarters of the wait and all of it, so that jobs that failed together do not come back together. The random
/// bits of its id decide.
fn jittered(wait: Duration, job: JobId) -> Duration {
    let [.., last] = *job.as_bytes();
    let quarter = wait / 4;
    wait - quarter + quarter * u32::from(last) / u32::from(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WorkerId;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn lease(attempt: u32) -> Lease {
        Lease {
            job: JobId::at(NOW),
            worker: WorkerId::at(NOW),
            attempt,
        }
    }

    fn wait(policy: &RetryPolicy, lease: &Lease) -> Duration {
        match policy.after(lease, NOW) {
            Failed::RetryAt(at) => at.since(NOW),
            Failed::Dead => panic!("dead"),
        }
    }

    #[test]
    fn waits_grow_from_ten_seconds_to_an_hour_and_the_eighth_failure_is_the_last() {
        let policy = RetryPolicy::default();
        let waits: Vec<u64> = (1..8).map(|attempt| policy.wait(attempt).as_secs()).collect();
        assert_eq!(waits, [10, 26, 71, 189, 505, 1348, 3595]);
        assert!(matches!(policy.after(&lease(7), NOW), Failed::RetryAt(_)));
        assert_eq!(policy.after(&lease(8), NOW), Failed::Dead);
        assert_eq!(
            policy.after_at_least(&lease(8), Duration::from_secs(1), NOW),
            Failed::Dead
        );
        assert!(!policy.is_beyond(8) && policy.is_beyond(9));
        assert_eq!(policy.wait(u32::MAX), policy.longest);
    }

    #[test]
    fn jitter_takes_a_quarter_at_most_and_parts_jobs_that_failed_together() {
        let policy = RetryPolicy::default();
        for attempt in 1..8 {
            let whole = policy.wait(attempt);
            let waits: Vec<Duration> = (0..200).map(|_| wait(&policy, &lease(attempt))).collect();
            // Times are in whole microseconds.
            let least = whole * 3 / 4 - Duration::from_micros(1);
            assert!(waits.iter().all(|wait| *wait <= whole && *wait >= least));
            let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!(*most - *least > whole / 8, "{least:?} to {most:?}");
        }
    }

    #[test]
    fn the_ends_of_the_jitter_are_three_quarters_and_all() {
        let id = |last: u8| format!("0198c0de-0000-7000-8000-0000000000{last:02x}").parse().unwrap();
        let ten = Duration::from_secs(10);
        assert_eq!(jittered(ten, id(0)), Duration::from_millis(7500));
        assert_eq!(jittered(ten, id(255)), ten);
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept_when_it_is_longer() {
        let policy = RetryPolicy::default();
        let minute = Duration::from_secs(60);
        assert_eq!(
            policy.after_at_least(&lease(1), minute, NOW),
            Failed::RetryAt(NOW.plus(minute))
        );
        let asked = policy.after_at_least(&lease(7), minute, NOW);
        assert!(matches!(asked, Failed::RetryAt(at) if at.since(NOW) > 10 * minute));
    }
}
