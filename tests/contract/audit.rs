mod adding;
mod listing;
mod tampering;
mod telling;

use tenon_audit::{Audit, Broken, Chain, Report};
use tenon_kernel::OrganizationId;
use tenon_sql::Store;

const INSTALLATION: Chain = Chain::Installation;

const fn of(organization: OrganizationId) -> Chain {
    Chain::Organization(organization)
}

/// Goes through one chain or all, and says what is wrong with each.
async fn verified(store: &Store, only: Option<Chain>) -> (Report, Vec<Broken>) {
    let mut found = Vec::new();
    let audit = Audit::new(store.ledger.clone());
    let report = audit.verify(only, |_| {}, |broken| found.push(broken)).await;
    (report.unwrap(), found)
}

/// How many entries there are, of which nothing is wrong.
async fn sound(store: &Store) -> u64 {
    let (report, found) = verified(store, None).await;
    assert!(found.is_empty(), "{found:?}");
    report.entries
}
