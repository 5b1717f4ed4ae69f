use tenon_audit::{Broken, Fault};
use tenon_kernel::{Id, OrganizationId};
use tenon_tests::audit::{entries, entry, entry_of};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::stores::TestStore;

use super::{INSTALLATION, of, sound, verified};

/// Five entries of the installation, and as many of an organization.
async fn chains(store: &TestStore) -> OrganizationId {
    let organization = Id::at(moment());
    for _ in 0..5 {
        store.journal.enter(&entry()).await.unwrap();
        store.journal.enter(&entry_of(organization)).await.unwrap();
    }
    assert_eq!(sound(store).await, 10);
    organization
}

/// What is found in the chain of the installation after somebody who may do everything with the database did `statement`, in
/// which ITS stands for the condition that a row is of that chain.
async fn found(store: &TestStore, statement: &str) -> Vec<Broken> {
    let organization = chains(store).await;
    let its = store.database().of_installation();
    store.database().tamper(&statement.replace("ITS", its));
    let (report, found) = verified(store, None).await;
    assert_eq!((report.chains, report.broken), (2, 1));
    let (other, _) = verified(store, Some(of(organization))).await;
    assert_eq!((other.entries, other.broken), (5, 0));
    found
}

const fn broken(sequence: u64, fault: Fault) -> [Broken; 1] {
    let chain = INSTALLATION;
    [Broken { chain, sequence, fault }]
}

for_each_store!(the_database_refuses_to_change_or_remove_an_entry, |store| {
    chains(&store).await;
    for statement in [
        "UPDATE audit_entries SET action = 'x'",
        "UPDATE audit_entries SET sequence = sequence + 7",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE sequence = 5",
        "DELETE FROM audit_chains",
        "UPDATE audit_chains SET sequence = sequence - 1",
        "UPDATE audit_chains SET sequence = sequence + 2",
        "UPDATE audit_chains SET hash = hash",
    ] {
        let refused = store.database().execute(statement).unwrap_err();
        assert!(
            refused.contains("the audit log is append-only"),
            "{statement}: {refused}"
        );
    }
    assert_eq!(sound(&store).await, 10);
});

for_each_store!(an_entry_that_was_changed_is_found, |store| {
    let changed = found(
        &store,
        "UPDATE audit_entries SET address = '192.0.2.1' WHERE sequence = 3 AND ITS",
    )
    .await;
    assert_eq!(changed, broken(3, Fault::Changed));
});

for_each_store!(details_that_were_changed_are_found, |store| {
    let changed = found(
        &store,
        "UPDATE audit_entries SET details = '{ }' WHERE sequence = 5 AND ITS",
    )
    .await;
    assert_eq!(changed, broken(5, Fault::Changed));
});

for_each_store!(an_entry_that_was_removed_is_found, |store| {
    let removed = found(&store, "DELETE FROM audit_entries WHERE sequence = 2 AND ITS").await;
    assert_eq!(removed, broken(2, Fault::Missing));
});

for_each_store!(entries_that_were_removed_from_the_end_are_found, |store| {
    let removed = found(&store, "DELETE FROM audit_entries WHERE sequence > 3 AND ITS").await;
    assert_eq!(removed, broken(4, Fault::CutOff { until: 5 }));
});

for_each_store!(a_chain_of_which_only_the_head_is_left_is_found, |store| {
    let removed = found(&store, "DELETE FROM audit_entries WHERE ITS").await;
    assert_eq!(removed, broken(1, Fault::CutOff { until: 5 }));
});

for_each_store!(a_head_that_was_put_back_is_found, |store| {
    let put_back = found(&store, "UPDATE audit_chains SET sequence = 3 WHERE ITS").await;
    assert_eq!(put_back, broken(4, Fault::BeyondHead));
});

for_each_store!(a_head_that_was_removed_is_found, |store| {
    let removed = found(&store, "DELETE FROM audit_chains WHERE ITS").await;
    assert_eq!(removed, broken(1, Fault::BeyondHead));
});

for_each_store!(
    an_end_that_was_written_anew_is_found_as_long_as_the_head_was_not,
    |store| {
        chains(&store).await;
        let all = entries(&*store.ledger, INSTALLATION).await;
        let mut last = all[4].clone();
        last.action = "user.disabled".to_owned();
        let hash = last.hash_after(&all[3].hash);
        let bytes = store.database().bytes(&hash.to_string());
        let its = store.database().of_installation();
        store.database().tamper(&format!(
            "UPDATE audit_entries SET action = 'user.disabled', hash = {bytes} WHERE sequence = 5 AND {its}"
        ));
        assert_eq!(verified(&store, None).await.1, broken(5, Fault::OtherHead));
    }
);
