//! The keys with which what came is opened. Anybody may send what no key log explains, so that must not make requests without end.

use super::{Changes, DeviceKeys, Duration, Error, Head, Instant, Ledger, Line, People, Uuid};
use crate::api::ApiError;
use crate::key::PublicKey;

/// For so long nobody's log is asked for again because of a message that it did not explain.
const UNEXPLAINED: Duration = Duration::from_secs(30);

/// How long to stay away from key logs when a limit does not say it.
const PAUSE: Duration = Duration::from_secs(1);

/// However long a limit says.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl People {
    /// The simple public key of somebody that had this version.
    ///
    /// # Errors
    ///
    /// As [`Self::ledger`], unless the key was verified before.
    pub async fn key_to_open(
        &mut self,
        user: Uuid,
        version: u32,
        changes: &mut Changes,
    ) -> Result<Option<PublicKey>, Error> {
        self.find(user, changes, |ledger| ledger.public_key_of(version)).await
    }

    /// The keys of one device of somebody, also when it was added after the log was asked for.
    ///
    /// # Errors
    ///
    /// As [`Self::ledger`], unless the keys were verified before.
    pub async fn device_to_open(
        &mut self,
        user: Uuid,
        device: u32,
        changes: &mut Changes,
    ) -> Result<Option<DeviceKeys>, Error> {
        self.find(user, changes, |ledger| ledger.devices().get(&device).copied())
            .await
    }

    async fn find<T>(
        &mut self,
        user: Uuid,
        changes: &mut Changes,
        look: impl Fn(&Ledger) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let known = look(&self.person(user)?.ledger);
        if known.is_none() {
            let lately = |at: &Instant| at.elapsed() < UNEXPLAINED;
            if self.unexplained.get(&user).is_some_and(lately) {
                return Ok(None);
            }
            self.forget_when_asked(user);
        }
        match self.ledger(user, changes).await.map(look) {
            Ok(Some(found)) => Ok(Some(found)),
            Ok(None) => {
                self.unexplained.insert(user, Instant::now());
                Ok(None)
            }
            // What a limit keeps from being asked now is asked before anything is sealed for that person. A log that went wrong says
            // nothing of what was verified before.
            Err(error) if known.is_some() && (error.is_limit() || error.is_key_log()) => Ok(known),
            Err(error) => {
                if error.is_key_log() {
                    self.unexplained.insert(user, Instant::now());
                }
                Err(error)
            }
        }
    }

    /// What follows in somebody's log, unless a limit said not to ask before a time that has not come.
    pub(super) async fn lines(&mut self, user: Uuid, head: &Head) -> Result<Vec<Line>, ApiError> {
        if let Some((until, refusal)) = &self.limited {
            let left = until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                let mut refusal = refusal.clone();
                refusal.retry_after = Some(left);
                return Err(ApiError::Refused(refusal));
            }
        }
        let answer = self.session.key_log(user, head).await;
        if let Err(ApiError::Refused(refusal)) = &answer
            && refusal.status == 429
        {
            let wait = refusal.retry_after.unwrap_or(PAUSE).min(LONGEST_PAUSE);
            self.limited = Some((Instant::now() + wait, refusal.clone()));
        }
        answer
    }
}

impl Error {
    /// Whether it is a limit that said no.
    pub(in crate::messenger) fn is_limit(&self) -> bool {
        self.refusal().is_some_and(|refusal| refusal.status == 429)
    }

    fn is_key_log(&self) -> bool {
        matches!(self, Self::KeyLog(_))
    }

    /// How long to wait when it may work later, if anybody said so.
    pub(in crate::messenger) fn retry_after(&self) -> Option<Duration> {
        self.refusal()
            .and_then(|refusal| refusal.retry_after)
            .map(|wait| wait.min(LONGEST_PAUSE))
    }
}
