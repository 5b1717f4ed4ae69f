//! What is asked of the audit log.

use tenon_audit::{Chain, Position, Which};
use tenon_kernel::{Action, Author, Device, Entry, Id, Limit, OrganizationId, PageRequest, Timestamp};

use crate::Store;

/// Something to tell of what a test does.
pub fn entry() -> Entry {
    Entry::new(Timestamp::from_micros(7), Author::system(), Action::UserEnabled)
}

/// Asks everything that can be asked of the audit log.
pub async fn ask(store: &Store, now: Timestamp) {
    let organization: OrganizationId = Id::at(now);
    let author = Author::user(Id::at(now), &Device::default());
    let entry = Entry::new(now, author, Action::UserEnabled).of(organization);
    store.journal.enter(&entry).await.unwrap();
    let chain = Chain::Organization(organization);
    for last in [None, Some(chain)] {
        store.ledger.next_chain(last).await.unwrap();
    }
    store.ledger.head(chain).await.unwrap();
    store.ledger.after(chain, 7, 7).await.unwrap();
    let position = Position {
        sequence: 7,
        id: Id::at(now),
    };
    for chain in [None, Some(chain)] {
        for action in [None, Some(Action::UserEnabled)] {
            for after in [None, Some(position)] {
                let page = PageRequest {
                    limit: Limit::default(),
                    after,
                    count: chain.is_some(),
                };
                store.ledger.list(&Which { chain, action }, &page).await.unwrap();
            }
        }
    }
}
