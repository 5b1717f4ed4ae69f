use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tenon_graph::Intake;
use tenon_jobs::{Job, Payload, Schedule};
use tenon_kernel::Clock;
use tenon_messages::Messages;
use tenon_sql::Housekeeping;
use tenon_workers::{Failure, Handler};

/// What is done again and again to keep the store tidy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chore {
    /// Clears the store of what nothing needs any more.
    Purge,
    /// Deletes the messages that organizations keep no longer.
    PurgeMessages,
    /// Deletes what Microsoft Graph posted and is kept no longer.
    PurgeNotifications,
}

impl Chore {
    pub(super) const ALL: [Self; 3] = [Self::Purge, Self::PurgeMessages, Self::PurgeNotifications];

    pub(super) const fn schedule(self) -> Schedule {
        let period = match self {
            Self::Purge | Self::PurgeNotifications => Duration::from_secs(60 * 60),
            Self::PurgeMessages => Duration::from_secs(5 * 60),
        };
        Schedule {
            name: self.name(),
            period,
        }
    }

    pub(super) fn payload(self) -> Payload {
        Payload::name(self.name())
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Purge => "purge",
            Self::PurgeMessages => "purge.messages",
            Self::PurgeNotifications => "purge.notifications",
        }
    }
}

/// Does the chores.
pub(super) struct Housekeeper {
    pub(super) housekeeping: Arc<dyn Housekeeping>,
    pub(super) messages: Messages,
    pub(super) intake: Intake,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Handler for Housekeeper {
    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let named = |chore: &Chore| chore.name() == job.payload.as_str();
        match Chore::ALL.into_iter().find(named) {
            Some(Chore::Purge) => {
                let rows = self.housekeeping.purge(self.clock.now()).await?;
                tracing::debug!(rows, "cleared the store");
            }
            Some(Chore::PurgeMessages) => {
                let purged = self.messages.purge_all().await?;
                if purged > 0 {
                    tracing::info!(purged, "messages went that are kept no longer");
                }
            }
            Some(Chore::PurgeNotifications) => self.intake.forget().await?,
            None => return Err(Failure::Dead("there is no such chore".into())),
        }
        Ok(())
    }
}
