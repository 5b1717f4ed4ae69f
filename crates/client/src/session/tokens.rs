use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// An access token, and the refresh token that gives the next pair.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Tokens {
    access: String,
    refresh: String,
    /// When the access token ends, in seconds since 1970.
    ends: u64,
}

impl Tokens {
    pub fn new(access: &str, refresh: &str, expires_in: u64) -> Self {
        Self {
            access: access.to_owned(),
            refresh: refresh.to_owned(),
            ends: now() + expires_in,
        }
    }

    /// Another access token, and the same refresh token.
    pub fn with_access(&self, access: &str, expires_in: u64) -> Self {
        Self::new(access, &self.refresh, expires_in)
    }

    pub fn none() -> Self {
        Self::new("", "", 0)
    }

    pub fn access(&self) -> SecretString {
        self.access.as_str().into()
    }

    pub fn refresh(&self) -> SecretString {
        self.refresh.as_str().into()
    }

    /// How long the access token is good, by this machine's clock.
    pub fn life(&self) -> Duration {
        Duration::from_secs(self.ends.saturating_sub(now()))
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}
