use tenon_jobs::QueueName;

use super::reader::Reader;

/// How many jobs are done at the same time.
#[derive(Debug, Clone, Copy)]
pub struct Jobs {
    graph: usize,
    subscriptions: usize,
}

impl Jobs {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let graph = reader.number("jobs.graph_workers", 0..=256);
        let subscriptions = reader.number("jobs.subscription_workers", 0..=256);
        Some(Self {
            graph: graph?,
            subscriptions: subscriptions?,
        })
    }

    /// Jobs of the queue at the same time on this instance.
    pub const fn width(self, queue: QueueName) -> usize {
        match queue {
            QueueName::Graph => self.graph,
            QueueName::GraphSubscriptions => self.subscriptions,
            QueueName::Housekeeping => 1,
        }
    }
}
