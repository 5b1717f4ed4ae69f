use std::fmt;

use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

use crate::encoding::{NoRandomness, random};
use crate::key::PublicKey;

/// A private X25519 key. Its memory is wiped when it is dropped, and `Debug` shows the public half alone.
pub struct SimpleSecret(pub(super) StaticSecret);

impl SimpleSecret {
    /// A new one.
    ///
    /// # Errors
    ///
    /// Without random numbers.
    pub fn generate() -> Result<Self, NoRandomness> {
        let bytes = Zeroizing::new(random::<32>()?);
        Ok(Self(StaticSecret::from(*bytes)))
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: &Zeroizing<[u8; 32]>) -> Self {
        Self(StaticSecret::from(**bytes))
    }

    /// The bytes, for a key store.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// What others are given.
    pub fn public(&self) -> PublicKey {
        PublicKey::new(x25519_dalek::PublicKey::from(&self.0).to_bytes())
    }
}

impl fmt::Debug for SimpleSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimpleSecret(of {})", self.public())
    }
}
