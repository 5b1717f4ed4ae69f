use clap::{Args, Subcommand};
use tenon_kernel::{Action, OrganizationId};

use super::Format;

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum AuditCommand {
    /// List what it tells, newest first.
    List(AuditList),
    /// Compute every hash anew: exit 0 if nothing was changed or removed, and 1 with the first wrong entry of each chain.
    Verify {
        /// Only the chain of this organization, which may be gone.
        #[arg(long, value_name = "ID")]
        organization: Option<OrganizationId>,
        #[command(flatten)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, Args)]
pub struct AuditList {
    /// Only the log of this organization, which may be gone.
    #[arg(long, value_name = "ID")]
    pub organization: Option<OrganizationId>,
    /// Only what tells of this, such as session.refused.
    #[arg(long)]
    pub action: Option<Action>,
    /// At most so many; all without it.
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u64>,
    #[command(flatten)]
    pub format: Format,
}
