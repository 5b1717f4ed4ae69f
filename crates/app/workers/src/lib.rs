//! Workers: what claims jobs, has them done, and holds their leases meanwhile.
//!
//! [`Workers`] is made with a [`Handler`] for each queue and started; [`Running::stop`] ends it in good order.
//!
//! Architecture Invariant: this crate knows no store and no handler, so that a test can run it over real stores with handlers
//! of its own.

mod attempt;
mod caller;
mod handler;
mod line;
mod pace;
mod workers;

pub use handler::{Failure, Handler};
pub use pace::Pace;
pub use workers::{Running, Workers, WorkersPorts};
