use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::Unavailable;

use crate::{Instance, InstanceId, NodeAddress, Signs};

/// Where the instances of an installation say that they are there.
#[async_trait]
pub trait Instances: Send + Sync {
    /// Says that an instance is there, and how it does.
    ///
    /// - MUST list it, as it was said last, until `life` is over or it leaves.
    /// - MUST measure `life` by one clock for all instances, because theirs may differ.
    async fn beat(&self, instance: &Instance, life: Duration) -> Result<(), Unavailable>;

    /// Those that are there, those that started first before the others.
    ///
    /// - MUST NOT list one whose `life` is over.
    async fn list(&self) -> Result<Vec<Instance>, Unavailable>;

    /// Says that an instance goes. MUST NOT list it after that. One that was not there is no error.
    async fn leave(&self, instance: InstanceId) -> Result<(), Unavailable>;
}

/// How this instance does.
pub trait Vitals: Send + Sync {
    /// As it is now. MUST return within microseconds.
    fn take(&self) -> Signs;
}

/// Why a node was not reached, in some words for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable(pub Cow<'static, str>);

/// Tries whether nodes can be reached.
#[async_trait]
pub trait Reach: Send + Sync {
    /// Tries it once, and says how long it took. MUST return within the time that the adapter was given.
    async fn probe(&self, address: &NodeAddress) -> Result<Duration, Unreachable>;
}
