use tenon_audit::{Recorded, Which};
use tenon_kernel::{Action, Author, Entry, Id, OrganizationId};
use tenon_sql::Store;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;

use super::{INSTALLATION, of};
use crate::pages::in_twos;

async fn enter(store: &Store, organization: Option<OrganizationId>, action: Action) {
    let told = Entry {
        organization,
        ..Entry::new(moment(), Author::system(), action)
    };
    store.journal.enter(&told).await.unwrap();
}

async fn listed(store: &Store, which: Which) -> Vec<Recorded> {
    in_twos(async |request| store.ledger.list(&which, &request).await).await
}

for_each_store!(
    entries_are_listed_newest_first_by_chain_and_by_what_they_tell,
    |store| {
        let (one, other) = (Id::at(moment()), Id::at(moment()));
        let (added, removed) = (Action::MemberAdded, Action::MemberRemoved);
        for _ in 0..3 {
            for organization in [None, Some(one), Some(other)] {
                enter(&store, organization, added).await;
                enter(&store, organization, removed).await;
            }
        }
        let which = |chain, action| Which { chain, action };
        let all = listed(&store, which(None, None)).await;
        assert_eq!(all.len(), 18);
        assert!(all.is_sorted_by(|later, earlier| later.id > earlier.id));
        for chain in [INSTALLATION, of(one), of(other)] {
            let of_chain = listed(&store, which(Some(chain), None)).await;
            let expected: Vec<_> = all.iter().filter(|entry| entry.chain == chain).cloned().collect();
            assert_eq!(of_chain, expected);
            let numbers: Vec<u64> = of_chain.iter().map(|entry| entry.sequence).collect();
            assert_eq!(numbers, [6, 5, 4, 3, 2, 1]);
            let told = listed(&store, which(Some(chain), Some(removed))).await;
            assert_eq!(told.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [6, 4, 2]);
        }
        let told = listed(&store, which(None, Some(added))).await;
        let expected: Vec<_> = all
            .iter()
            .filter(|entry| entry.action == added.as_str())
            .cloned()
            .collect();
        assert_eq!(told, expected);
        assert_eq!(listed(&store, which(None, Some(Action::KeysRotated))).await, []);
    }
);
