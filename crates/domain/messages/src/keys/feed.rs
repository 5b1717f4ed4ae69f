use tenon_kernel::{Timestamp, UserId, Version};

use super::LogKind;
use crate::DeviceId;

/// A place in the feed of an organization's key changes, from 1 on; 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangePosition(pub u64);

/// That a key of somebody in the organization changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub position: ChangePosition,
    /// Whose key.
    pub user: UserId,
    pub kind: LogKind,
    /// [`DeviceId::SIMPLE`] for the simple public key.
    pub device: DeviceId,
    /// As in the user's key log.
    pub version: Version,
    pub at: Timestamp,
}
