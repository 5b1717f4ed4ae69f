//! The audit log: who did what, kept for good in chains of hashes that show when something was changed or removed.
//!
//! There is one chain for each organization and one for the installation. [`Audit`] is the service that reads them and goes
//! through them; what is entered comes with the changes that it tells of, as [`tenon_kernel::Entry`].
//!
//! Architecture Invariant: nothing here changes or removes an entry.

mod chain;
mod ledger;
mod service;
mod verifying;

pub use chain::{Chain, Hash, Head, Recorded};
pub use ledger::{Ledger, Position, Which};
pub use service::{Audit, AuditError};
pub use verifying::{Broken, Fault, Progress, Report};
