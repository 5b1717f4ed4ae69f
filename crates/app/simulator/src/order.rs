use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Forgery;
use crate::signer::KeyError;

/// The most items of one order.
const MOST: usize = 1_000_000;

/// The most items of one post: what Graph sends.
const BATCH: usize = 1000;

/// What is to be posted to a subscriber.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Order {
    /// Whose; the newest subscription's without it.
    pub subscription: Option<String>,
    /// How many changes.
    pub count: usize,
    /// How many items are in one post: up to 1,000.
    pub batch: usize,
    /// How many items tell of each change, with ids of their own and the same etag.
    pub tellings: usize,
    /// How often each post is sent, with the same ids.
    pub copies: usize,
    /// `created`, `updated` or `deleted`; otherwise what is subscribed to, in turn.
    pub change: Option<String>,
    /// Instead of changes: an event in the subscription's life.
    pub lifecycle: Option<Lifecycle>,
    pub forgery: Option<Forgery>,
    /// The resource in clear, where it is sent encrypted; otherwise something is made up.
    pub data: Option<Value>,
    /// Without ids, as some resources are.
    pub nameless: bool,
    /// Milliseconds before the first post.
    pub delay_ms: u64,
    /// How many posts are under way at once.
    pub parallel: usize,
    /// Whether the answer waits for the first attempt of each post.
    pub wait: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            subscription: None,
            count: 1,
            batch: 1,
            tellings: 1,
            copies: 1,
            change: None,
            lifecycle: None,
            forgery: None,
            data: None,
            nameless: false,
            delay_ms: 0,
            parallel: 8,
            wait: true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lifecycle {
    ReauthorizationRequired,
    SubscriptionRemoved,
    Missed,
}

/// One post of an order, and how its first attempt went.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    pub post: String,
    /// Of its items, in their order.
    pub ids: Vec<String>,
    /// Missing without an answer in three seconds.
    pub status: Option<u16>,
    pub ms: f64,
}

/// Why nothing is posted.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error("there is no such subscription")]
    NoSubscription,
    #[error("{0}")]
    Senseless(&'static str),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Order {
    pub(crate) fn check(&self) -> Result<(), OrderError> {
        let items = self.count.saturating_mul(self.tellings).saturating_mul(self.copies);
        if !(1..=BATCH).contains(&self.batch) {
            return Err(OrderError::Senseless("batch must be 1 to 1000"));
        }
        if !(1..=MOST).contains(&items) {
            return Err(OrderError::Senseless("there must be 1 to 1000000 items in all"));
        }
        if self.parallel == 0 {
            return Err(OrderError::Senseless("parallel must be 1 or more"));
        }
        Ok(())
    }
}
