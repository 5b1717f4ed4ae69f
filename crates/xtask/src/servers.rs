//! Servers that a test starts for itself, on loopback and with a data folder of their own.
//!
//! ```no_run
//! # fn main() -> std::io::Result<()> {
//! let mut redis = xtask::servers::Redis::start()?;
//! let url = redis.url();
//! redis.kill()?; // As a crash would.
//! redis.restart()?; // The same port, so `url` holds.
//! # Ok(())
//! # }
//! ```
//!
//! Everything here blocks its thread: in asynchronous code use a blocking task.

mod account;
mod port;
mod postgres;
mod process;
mod redis;

pub use port::free as free_port;
pub use postgres::Postgres;
pub use redis::Redis;
