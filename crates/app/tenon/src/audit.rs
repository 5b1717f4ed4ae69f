//! `tenon audit`: the audit log, on the database itself.

mod listing;
mod verifying;

use std::io;

use tenon_kernel::{OrganizationId, Unavailable};
use tokio::runtime;

use crate::command_line::AuditCommand;
use crate::configuration::Settings;
use crate::wiring::{self, WiringError};

/// Why a command about the audit log failed.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The database cannot be opened.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Every organization has a log from its beginning on, and keeps it.
    #[error("the audit log has nothing of an organization {0}: `tenon orgs list` tells which there are")]
    NoLog(OrganizationId),
    /// What was found has been printed.
    #[error("the audit log is not as it was written: {0} of its chains are broken")]
    Broken(u64),
    /// The system gives no threads.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does what was asked for, and says what came of it.
///
/// # Errors
///
/// As [`AuditError`] says.
pub fn run(settings: &Settings, command: AuditCommand) -> Result<(), AuditError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let audit = wiring::audit(settings).await?;
        match command {
            AuditCommand::List(list) => listing::list(&audit, &list).await,
            AuditCommand::Verify { organization, format } => verifying::verify(&audit, organization, format.json).await,
        }
    })
}
