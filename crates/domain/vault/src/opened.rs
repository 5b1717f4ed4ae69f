use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tenon_kernel::{CredentialId, Timestamp};

/// Between two entries of one credential that is opened again and again: each notification of Microsoft Graph may call for it.
const SILENCE: Duration = Duration::from_secs(60 * 60);

/// Which credentials the audit log was told of lately.
#[derive(Default)]
pub struct Opened(Mutex<HashMap<CredentialId, Timestamp>>);

impl Opened {
    /// Whether it was told that this one was opened, less than an hour ago.
    pub fn is_told(&self, credential: CredentialId, now: Timestamp) -> bool {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(&credential).is_some_and(|at| now.since(*at) < SILENCE)
    }

    /// It was told.
    pub fn told(&self, credential: CredentialId, now: Timestamp) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, at| now.since(*at) < SILENCE);
        told.insert(credential, now);
    }
}

#[cfg(test)]
mod tests {
    use tenon_kernel::Id;

    use super::*;

    #[test]
    fn a_credential_is_told_of_once_an_hour() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let (opened, credential) = (Opened::default(), Id::at(now));
        assert!(!opened.is_told(credential, now));
        opened.told(credential, now);
        assert!(opened.is_told(credential, now.plus(SILENCE - Duration::from_secs(1))));
        assert!(!opened.is_told(credential, now.plus(SILENCE)));
        assert!(!opened.is_told(Id::at(now), now));
    }
}
