//! Password hashing on threads of its own, so that a flood of sign-ins costs the other requests nothing but processor time
//! that they do not need.

mod hasher;
mod pool;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use async_trait::async_trait;
use secrecy::SecretString;
use tenon_accounts::{HashError, PasswordHash, Passwords, Verification};
use tenon_kernel::{Load, Pools, Unavailable};

use hasher::Hasher;
use pool::Pool;

/// What a hash costs, and how many are made at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Config {
    /// Memory of one hash in KiB. 19,456 by default, which with two passes is what OWASP's Password Storage Cheat Sheet
    /// names as the least.
    pub memory_kib: u32,
    /// Passes over the memory, 2 by default.
    pub passes: u32,
    /// Lanes, 1 by default. One thread computes them all.
    pub lanes: u32,
    /// Threads that hash, at least 1; by default as many as the machine has cores.
    pub threads: usize,
    /// How many passwords may wait for a thread, 32 by default.
    pub queue: usize,
}

impl Default for Argon2Config {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
            threads: cores,
            queue: 32,
        }
    }
}

/// Hashes passwords with argon2id, version 0x13 (RFC 9106).
///
/// The threads end when this is dropped. A caller that goes away before its turn costs no work.
#[derive(Debug)]
pub struct Argon2Passwords {
    pool: Pool,
    /// Stands in where there is no account; it has no password.
    dummy: PasswordHash,
    operations: Arc<AtomicU64>,
}

impl Argon2Passwords {
    /// Starts the threads and makes the stand-in for accounts that do not exist.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when argon2 refuses the numbers (RFC 9106, section 3.1), or threads or randomness cannot be had.
    pub fn new(config: &Argon2Config) -> Result<Self, Unavailable> {
        let operations = Arc::new(AtomicU64::new(0));
        let hasher = || Hasher::new(config, Arc::clone(&operations));
        let dummy = hasher()?.of_nothing()?;
        Ok(Self {
            pool: Pool::start(config.threads.max(1), config.queue, hasher)?,
            dummy,
            operations,
        })
    }

    /// How many argon2 hashes were computed so far: the measure of work that does not depend on the machine.
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }
}

impl Pools for Argon2Passwords {
    fn loads(&self) -> Vec<Load> {
        vec![self.pool.load()]
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: &SecretString) -> Result<PasswordHash, HashError> {
        let password = password.clone();
        self.pool.run(move |hasher| hasher.hash(&password)).await
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<Verification, HashError> {
        let password = password.clone();
        let exists = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).clone();
        self.pool
            .run(move |hasher| match hasher.verify(&password, &hash)? {
                _ if !exists => Ok(Verification::Mismatch),
                verification => Ok(verification),
            })
            .await
    }
}
