//! Entries of the audit log for tests.

use tenon_audit::{Chain, Ledger, Recorded};
use tenon_kernel::{Action, Author, Device, Entry, OrganizationId, SubjectKind, UserId};

use crate::clock::moment;

/// Something that the server did just now to nobody's organization.
pub fn entry() -> Entry {
    Entry::new(moment(), Author::system(), Action::UserEnabled).about(SubjectKind::User, "somebody")
}

/// Something that a user did just now.
pub fn entry_by(user: UserId) -> Entry {
    let author = Author::user(user, &Device::default());
    Entry::new(moment(), author, Action::UserEnabled)
}

/// The same in the log of an organization.
pub fn entry_of(organization: OrganizationId) -> Entry {
    entry().of(organization)
}

/// All entries of a chain, in the order in which they were added.
pub async fn entries(ledger: &dyn Ledger, chain: Chain) -> Vec<Recorded> {
    ledger.after(chain, 0, 10_000).await.unwrap()
}
