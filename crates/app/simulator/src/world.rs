use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::Config;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::signer::{KeyError, Signer};
use crate::subscription::Subscriptions;

/// All that a simulator knows.
pub struct World {
    pub config: Config,
    /// Where posts are made from, whichever thread orders them.
    pub runtime: Handle,
    pub client: reqwest::Client,
    pub signer: Mutex<Signer>,
    pub holders: Mutex<HashMap<String, Holder>>,
    pub subscriptions: Subscriptions,
    pub faults: Faults,
    pub journal: Journal,
    /// Becomes true at the end.
    pub ended: watch::Sender<bool>,
}

/// Whom an access token was given to.
#[derive(Debug, Clone)]
pub struct Holder {
    pub client: String,
    pub tenant: String,
    pub until: OffsetDateTime,
}

impl World {
    pub fn new(config: Config, client: reqwest::Client) -> Result<Arc<Self>, KeyError> {
        Ok(Arc::new(Self {
            config,
            runtime: Handle::current(),
            client,
            signer: Mutex::new(Signer::new()?),
            holders: Mutex::default(),
            subscriptions: Subscriptions::default(),
            faults: Faults::default(),
            journal: Journal::default(),
            ended: watch::Sender::new(false),
        }))
    }

    /// Who holds this access token, while it is good.
    pub fn holder(&self, token: &str) -> Option<Holder> {
        let now = OffsetDateTime::now_utc();
        let mut holders = self.holders.lock();
        holders.retain(|_, holder| now < holder.until);
        holders.get(token).cloned()
    }
}
