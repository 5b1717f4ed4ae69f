use tenon_kernel::{Invalid, Standing, Unavailable};

use super::SignedPart;
use super::ports::{EnterError, StockError};

/// Why a public key was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadPublicKeyError {
    /// The organization has no such member.
    #[error("no such user in the organization")]
    UnknownUser,
    /// The user has none.
    #[error("the user has no public key")]
    NoKey,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a public key was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishKeyError {
    /// The user changes keys too often.
    #[error("too many changes of keys")]
    Limited(Standing),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why the devices or the key log of a user were not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadKeysError {
    /// The organization has no such member.
    #[error("no such user in the organization")]
    UnknownUser,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a device was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterDeviceError {
    /// The user changes keys too often.
    #[error("too many changes of keys")]
    Limited(Standing),
    /// The identity key cannot sign.
    #[error("the identity key is refused: {0}")]
    RefusedIdentity(Invalid),
    /// The identity key did not sign these.
    #[error("wrong signatures")]
    WrongSignatures(Vec<SignedPart>),
    /// Another device has the identity key, or had it.
    #[error("the identity key is another device's")]
    IdentityTaken,
    /// The user has as many devices as one may have.
    #[error("too many devices")]
    TooManyDevices,
    /// One id is given to two keys, or two ids to one.
    #[error("a prekey contradicts another one")]
    PrekeyConflict,
    /// The device would have more unclaimed prekeys than one may have.
    #[error("too many prekeys")]
    TooManyPrekeys,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why nothing of an upload was taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadPrekeysError {
    /// The user has no such device.
    #[error("no such device")]
    NotFound,
    /// The identity key did not sign these.
    #[error("wrong signatures")]
    WrongSignatures(Vec<SignedPart>),
    /// One id is given to two keys, or two ids to one.
    #[error("a prekey contradicts another one")]
    Conflict,
    /// The device would have more unclaimed prekeys than one may have.
    #[error("too many prekeys")]
    TooMany,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a device of one's own was not read or removed.
#[derive(Debug, thiserror::Error)]
pub enum ReadDeviceError {
    /// The user has no such device.
    #[error("no such device")]
    NotFound,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why no prekeys were handed out.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The organization has no such member.
    #[error("no such user in the organization")]
    UnknownUser,
    /// The user has no such device.
    #[error("the user has no such device")]
    UnknownDevice,
    /// Too many were claimed by the one, or of the other.
    #[error("too many claims")]
    Limited(Standing),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<EnterError> for RegisterDeviceError {
    fn from(error: EnterError) -> Self {
        match error {
            EnterError::IdentityTaken => Self::IdentityTaken,
            EnterError::TooManyDevices => Self::TooManyDevices,
            EnterError::Conflict => Self::PrekeyConflict,
            EnterError::TooManyPrekeys => Self::TooManyPrekeys,
            EnterError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<StockError> for UploadPrekeysError {
    fn from(error: StockError) -> Self {
        match error {
            StockError::NotFound => Self::NotFound,
            StockError::Conflict => Self::Conflict,
            StockError::TooMany => Self::TooMany,
            StockError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
