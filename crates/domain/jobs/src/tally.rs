use std::sync::atomic::{AtomicU64, Ordering};

use crate::QueueName;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The job is done.
    Finished,
    /// It is tried again.
    Failed,
    /// It was given up.
    Dead,
    /// The lease was lost, and whoever has it now does the job.
    Lost,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Finished, Self::Failed, Self::Dead, Self::Lost];

    /// The name used in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Dead => "dead",
            Self::Lost => "lost",
        }
    }
}

/// How the attempts of this process ended since it started.
#[derive(Debug, Default)]
pub struct Tally([[AtomicU64; Outcome::ALL.len()]; QueueName::ALL.len()]);

impl Tally {
    /// Counts one more.
    pub fn count(&self, queue: QueueName, outcome: Outcome) {
        if let Some(cell) = self.cell(queue, outcome) {
            cell.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The number so far.
    pub fn of(&self, queue: QueueName, outcome: Outcome) -> u64 {
        self.cell(queue, outcome).map_or(0, |cell| cell.load(Ordering::Relaxed))
    }

    fn cell(&self, queue: QueueName, outcome: Outcome) -> Option<&AtomicU64> {
        self.0.get(queue as usize)?.get(outcome as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_and_outcome_is_counted_for_itself() {
        let tally = Tally::default();
        for queue in QueueName::ALL {
            for outcome in Outcome::ALL {
                assert_eq!(tally.of(queue, outcome), 0);
                tally.count(queue, outcome);
                assert_eq!(tally.of(queue, outcome), 1);
            }
        }
    }
}
