use std::fmt;
use std::str::FromStr;

use tenon_kernel::{GraphSubscriptionId, InvalidId, NotificationId, OrganizationId};

use crate::BatchId;

/// Something to be done later, as a queue keeps it: its name and ids, separated by spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Judge what was posted.
    Process(BatchId),
    /// Judge a notification in quarantine again.
    Replay(NotificationId),
    /// Create at Graph what the store has.
    Create(OrganizationId, GraphSubscriptionId),
    /// Have it last longer.
    Renew(OrganizationId, GraphSubscriptionId),
    /// Say to Graph that Tenon may still read it.
    Reauthorize(OrganizationId, GraphSubscriptionId),
    /// Delete it at Graph, then in the store.
    Delete(OrganizationId, GraphSubscriptionId),
}

/// The text is no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such task")]
pub struct UnknownTask;

impl Task {
    /// Whether Graph is called: such tasks may wait long, and others should not wait for them.
    pub const fn calls_out(self) -> bool {
        match self {
            Self::Process(_) | Self::Replay(_) => false,
            Self::Create(..) | Self::Renew(..) | Self::Reauthorize(..) | Self::Delete(..) => true,
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(batch) => write!(f, "process {batch}"),
            Self::Replay(notification) => write!(f, "replay {notification}"),
            Self::Create(organization, subscription) => write!(f, "create {organization} {subscription}"),
            Self::Renew(organization, subscription) => write!(f, "renew {organization} {subscription}"),
            Self::Reauthorize(organization, subscription) => write!(f, "reauthorize {organization} {subscription}"),
            Self::Delete(organization, subscription) => write!(f, "delete {organization} {subscription}"),
        }
    }
}

impl FromStr for Task {
    type Err = UnknownTask;

    fn from_str(text: &str) -> Result<Self, UnknownTask> {
        let (name, ids) = text.split_once(' ').ok_or(UnknownTask)?;
        let known = |_: InvalidId| UnknownTask;
        match name {
            "process" => return Ok(Self::Process(ids.parse().map_err(known)?)),
            "replay" => return Ok(Self::Replay(ids.parse().map_err(known)?)),
            _ => {}
        }
        let (organization, subscription) = ids.split_once(' ').ok_or(UnknownTask)?;
        let organization = organization.parse().map_err(known)?;
        let subscription = subscription.parse().map_err(known)?;
        Ok(match name {
            "create" => Self::Create(organization, subscription),
            "renew" => Self::Renew(organization, subscription),
            "reauthorize" => Self::Reauthorize(organization, subscription),
            "delete" => Self::Delete(organization, subscription),
            _ => return Err(UnknownTask),
        })
    }
}

#[cfg(test)]
mod tests {
    use tenon_kernel::{Id, Timestamp};

    use super::*;

    #[test]
    fn a_task_reads_back_as_it_was_written() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let (organization, subscription) = (Id::at(now), Id::at(now));
        for task in [
            Task::Process(Id::at(now)),
            Task::Replay(Id::at(now)),
            Task::Create(organization, subscription),
            Task::Renew(organization, subscription),
            Task::Reauthorize(organization, subscription),
            Task::Delete(organization, subscription),
        ] {
            assert_eq!(task.to_string().parse(), Ok(task));
        }
        for text in [
            "",
            "process",
            "process x",
            "create 0198c0de-0000-7000-8000-000000000000",
            "x y z",
        ] {
            assert_eq!(text.parse::<Task>(), Err(UnknownTask), "{text}");
        }
    }
}
