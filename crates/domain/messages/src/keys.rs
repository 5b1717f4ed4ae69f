//! What people encrypt with: a simple public key for each user, devices with their prekeys, and the log of what changed.

mod base64;
mod device;
mod errors;
mod feed;
mod log;
mod ports;
mod prekey;
mod public_key;
mod service;
mod signature;

pub use device::{Device, DeviceName, NewDevice, OwnDevice, Supply};
pub use errors::{
    ClaimError, PublishKeyError, ReadDeviceError, ReadKeysError, ReadPublicKeyError, RegisterDeviceError,
    UploadPrekeysError,
};
pub use feed::{Change, ChangePosition};
pub use log::{KeyLogLine, LineNumber, LogEntry, LogKind, UnknownLogKind, genesis};
pub use ports::{Devices, EnterError, PublicKeys, Registered, StockError};
pub use prekey::{Claimed, ClaimedPrekey, Prekey, PrekeyId, PrekeyKind, SignedKey, Stocked, Upload};
pub use public_key::{IdentityKey, KeyVersion, PublicKey};
pub use service::{KeyQuotas, Keys, KeysPorts};
pub use signature::{Signature, Signatures, Signed, SignedPart};
