use std::fmt;

use serde::{Deserialize, Serialize};
use vodozemac::Curve25519PublicKey;
use vodozemac::olm::{OlmMessage, PreKeyMessage, Session, SessionConfig, SessionPickle};
use zeroize::Zeroizing;

use super::{DeviceError, OwnDevice, PublicDevice};
use crate::key::PublicKey;

/// Sessions that are kept of one device. Two come up when both sides begin at once; each side goes on with the one in which it
/// heard last.
const KEPT: usize = 5;

/// The sessions with one device of somebody.
#[derive(Default)]
pub struct Channel {
    /// The one that is written in comes first.
    sessions: Vec<Session>,
    /// Whether something came that did not open: then the next message begins a new session, from which the other side can go on.
    broken: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    sessions: Vec<SessionPickle>,
    broken: bool,
}

fn curve(key: &PublicKey) -> Curve25519PublicKey {
    Curve25519PublicKey::from_bytes(*key.as_bytes())
}

fn refused(error: impl fmt::Display) -> DeviceError {
    DeviceError::Refused(error.to_string())
}

impl Channel {
    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Stored`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DeviceError> {
        let stored: Stored = serde_json::from_slice(bytes)?;
        let sessions = stored.sessions.into_iter().map(Session::from_pickle);
        Ok(Self {
            sessions: sessions.collect(),
            broken: stored.broken,
        })
    }

    /// All of it, secrets included, for a key store.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Stored`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        let stored = Stored {
            sessions: self.sessions.iter().map(Session::pickle).collect(),
            broken: self.broken,
        };
        Ok(Zeroizing::new(serde_json::to_vec(&stored)?))
    }

    /// Whether a session is to be begun before something can be written.
    pub fn needs_session(&self) -> bool {
        self.sessions.is_empty() || self.broken
    }

    /// Begins a session with a device, whose signatures were verified, by one of its prekeys.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Refused`] when a key of it is of low order.
    pub fn begin(&mut self, own: &OwnDevice, device: &PublicDevice, prekey: &PublicKey) -> Result<(), DeviceError> {
        let agreement = curve(&device.agreement_key.key);
        let session = own
            .account
            .create_outbound_session(SessionConfig::version_1(), agreement, curve(prekey));
        self.put_first(session.map_err(refused)?);
        self.broken = false;
        Ok(())
    }

    /// Seals in the first session. What was sealed must be stored, and the channel with it, before it is sent.
    ///
    /// # Errors
    ///
    /// [`DeviceError::NoSession`], [`DeviceError::Refused`].
    pub fn seal(&mut self, plain: &[u8]) -> Result<OlmMessage, DeviceError> {
        let session = self.sessions.first_mut().ok_or(DeviceError::NoSession)?;
        session.encrypt(plain).map_err(refused)
    }

    /// Opens a message of a device with this agreement key, in a session that there is or in the one that it begins. The channel
    /// and the device have to be stored together with what was inside.
    ///
    /// # Errors
    ///
    /// [`DeviceError::NoSession`], [`DeviceError::Refused`]. Then the next message to that device begins a new session.
    pub fn open(
        &mut self,
        own: &mut OwnDevice,
        agreement: &PublicKey,
        message: &OlmMessage,
    ) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        let opened = match message {
            OlmMessage::PreKey(beginning) => self.open_first(own, agreement, beginning, message),
            OlmMessage::Normal(_) => self.open_later(message),
        };
        self.broken = self.broken || opened.is_err();
        opened
    }

    fn open_first(
        &mut self,
        own: &mut OwnDevice,
        agreement: &PublicKey,
        beginning: &PreKeyMessage,
        message: &OlmMessage,
    ) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        let identity = curve(agreement);
        if beginning.identity_key() != identity {
            return Err(DeviceError::Mismatch);
        }
        let known = |session: &Session| session.session_keys() == beginning.session_keys();
        if let Some(place) = self.sessions.iter().position(known) {
            return self.open_in(place, message);
        }
        let made = own
            .account
            .create_inbound_session(SessionConfig::version_1(), identity, beginning);
        let made = made.map_err(refused)?;
        self.put_first(made.session);
        self.broken = false;
        Ok(Zeroizing::new(made.plaintext))
    }

    fn open_later(&mut self, message: &OlmMessage) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        let mut outcome = Err(DeviceError::NoSession);
        for place in 0..self.sessions.len() {
            outcome = self.open_in(place, message);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn open_in(&mut self, place: usize, message: &OlmMessage) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        let session = self.sessions.get_mut(place).ok_or(DeviceError::NoSession)?;
        let plain = session.decrypt(message).map_err(refused)?;
        if let Some(heard) = self.sessions.get_mut(..=place) {
            heard.rotate_right(1);
        }
        Ok(Zeroizing::new(plain))
    }

    fn put_first(&mut self, session: Session) {
        self.sessions.insert(0, session);
        self.sessions.truncate(KEPT);
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({} sessions)", self.sessions.len())
    }
}
