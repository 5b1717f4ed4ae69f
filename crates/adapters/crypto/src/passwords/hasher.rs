use std::error::Error;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tenon_accounts::{PasswordHash, Verification};
use tenon_kernel::Unavailable;
use zeroize::{Zeroize, Zeroizing};

use super::Argon2Config;
use crate::secrets::random;

const SALT: usize = 16;
const OUTPUT: usize = 32;

/// Computes hashes in memory that it keeps from one to the next.
pub struct Hasher {
    params: Params,
    memory: Vec<Block>,
    operations: Arc<AtomicU64>,
}

impl Hasher {
    pub fn new(config: &Argon2Config, operations: Arc<AtomicU64>) -> Result<Self, Unavailable> {
        let params =
            Params::new(config.memory_kib, config.passes, config.lanes, Some(OUTPUT)).map_err(|e| failed(&e))?;
        Ok(Self {
            params,
            memory: Vec::new(),
            operations,
        })
    }

    pub fn hash(&mut self, password: &SecretString) -> Result<PasswordHash, Unavailable> {
        let salt = random::<SALT>()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let output = self.compute(&argon2, password, &salt, OUTPUT)?;
        self.written(&salt, &output)
    }

    /// A hash that no password has, which takes as long to verify as any other.
    pub fn of_nothing(&self) -> Result<PasswordHash, Unavailable> {
        self.written(&random::<SALT>()?, &random::<OUTPUT>()?)
    }

    fn written(&self, salt: &[u8], output: &[u8]) -> Result<PasswordHash, Unavailable> {
        let phc = Phc {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(|e| failed(&e))?,
            salt: Some(Salt::new(salt).map_err(|e| failed(&e))?),
            hash: Some(Output::new(output).map_err(|e| failed(&e))?),
        };
        Ok(PasswordHash::new(phc.to_string()))
    }

    pub fn verify(&mut self, password: &SecretString, hash: &PasswordHash) -> Result<Verification, Unavailable> {
        let stored = Stored::parse(hash).map_err(|e| Unavailable::new("hashing", e))?;
        let computed = self.compute(&stored.argon2, password, &stored.salt, stored.output.len())?;
        if !bool::from(computed.ct_eq(stored.output.as_bytes())) {
            return Ok(Verification::Mismatch);
        }
        if stored.current && stored.argon2.params() == &self.params {
            return Ok(Verification::Match);
        }
        self.hash(password).map(Verification::Outdated)
    }

    /// Whether it keeps memory that [`Self::release`] gives back.
    pub fn holds_memory(&self) -> bool {
        !self.memory.is_empty()
    }

    /// Wipes the memory and gives it back.
    pub fn release(&mut self) {
        self.memory.iter_mut().for_each(Zeroize::zeroize);
        self.memory = Vec::new();
    }

    fn compute(
        &mut self,
        argon2: &Argon2<'_>,
        password: &SecretString,
        salt: &[u8],
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Unavailable> {
        self.operations.fetch_add(1, Ordering::Relaxed);
        let blocks = argon2.params().block_count();
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::new());
        }
        let mut output = Zeroizing::new(vec![0; length]);
        argon2
            .hash_password_into_with_memory(
                password.expose_secret().as_bytes(),
                salt,
                &mut output,
                self.memory.as_mut_slice(),
            )
            .map_err(|e| failed(&e))?;
        Ok(output)
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.release();
    }
}

/// What a hash in PHC string format says.
struct Stored {
    argon2: Argon2<'static>,
    salt: Salt,
    output: Output,
    /// Whether the algorithm and its version are those of new hashes.
    current: bool,
}

impl Stored {
    fn parse(hash: &PasswordHash) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let phc = Phc::new(hash.as_str()).map_err(|e| e.to_string())?;
        let algorithm = Algorithm::new(phc.algorithm.as_str()).map_err(|e| e.to_string())?;
        // A hash without a version is one of the first (the reference implementation's `decode_string`).
        let version = Version::try_from(phc.version.unwrap_or(0x10)).map_err(|e| e.to_string())?;
        let params = Params::try_from(&phc).map_err(|e| e.to_string())?;
        let current = algorithm == Algorithm::Argon2id && version == Version::V0x13;
        let salt = phc.salt.ok_or("the hash has no salt")?;
        let output = phc.hash.ok_or("the hash has no output")?;
        Ok(Self {
            argon2: Argon2::new(algorithm, version, params),
            salt,
            output,
            current,
        })
    }
}

fn failed(error: &dyn Display) -> Unavailable {
    Unavailable::new("hashing", error.to_string())
}
