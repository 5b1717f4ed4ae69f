use std::collections::BTreeMap;
use std::sync::Arc;

use tenon_crypto::Ring;
use tenon_kernel::{Expected, KeyId, Keyring, OpenError};
use tenon_tests::accounts::register;
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::stores::TestStore;
use tenon_tests::vault::{KEYS, opened, ring, sealed, stored};
use tenon_vault::{Credential, Replacement, Rewrapped, Rotation, Wrapping};

/// So many records that a rotation takes several batches.
const RECORDS: usize = 250;

fn key(number: usize) -> KeyId {
    ring(&[KEYS[number]]).current()
}

/// All that a key wraps, in twos and threes.
async fn under(store: &TestStore, key: &KeyId, most: usize) -> Vec<Wrapping> {
    let mut all: Vec<Wrapping> = Vec::new();
    loop {
        let after = all.last().map(|wrapping| wrapping.slot);
        let batch = store.wrappings.under(key, after.as_ref(), most).await.unwrap();
        assert!(batch.len() <= most);
        if batch.is_empty() {
            return all;
        }
        all.extend(batch);
    }
}

fn rewrapped(ring: &Ring, before: &Wrapping) -> Rewrapped {
    let (key, wrapped) = ring.rewrap(&before.key, &before.wrapped, &before.slot).unwrap();
    Rewrapped {
        before: before.clone(),
        key,
        wrapped,
    }
}

for_each_store!(records_are_counted_and_listed_by_the_key_that_wraps_them, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    assert!(store.wrappings.count().await.unwrap().is_empty());
    let mut made = BTreeMap::new();
    for number in 0..7 {
        let (owner, keys) = (
            if number % 2 == 0 { &ada } else { &bob },
            &KEYS[usize::from(number > 4)..],
        );
        let credential = stored(&store, &ring(keys), owner, "secret").await;
        made.insert(Credential::slot(credential.organization, credential.id).row, keys[0]);
    }
    let expected = BTreeMap::from([(key(0), 5), (key(1), 2)]);
    assert_eq!(store.wrappings.count().await.unwrap(), expected);
    for (number, most) in [(0, 2), (0, 3), (0, 100), (1, 1)] {
        let found = under(&store, &key(number), most).await;
        let rows: Vec<_> = found.iter().map(|wrapping| wrapping.slot.row).collect();
        let expected: Vec<_> = made
            .iter()
            .filter(|(_, key)| **key == KEYS[number])
            .map(|(row, _)| *row)
            .collect();
        assert_eq!(rows, expected);
        for wrapping in found {
            let ring = ring(&KEYS);
            assert_eq!(wrapping.key, key(number));
            ring.rewrap(&wrapping.key, &wrapping.wrapped, &wrapping.slot).unwrap();
        }
    }
    assert!(under(&store, &key(2), 9).await.is_empty());
});

for_each_store!(
    a_record_that_was_replaced_or_removed_meanwhile_stays_as_it_is,
    |store| {
        let ada = register(&store, "ada").await;
        let organization = ada.organization.id;
        let (old, new) = (ring(&KEYS[1..]), ring(&KEYS));
        let mut made = Vec::new();
        for number in 0..3 {
            made.push(stored(&store, &old, &ada, &format!("secret {number}")).await);
        }
        let before = under(&store, &key(1), 9).await;
        let anew: Vec<Rewrapped> = before.iter().map(|wrapping| rewrapped(&new, wrapping)).collect();
        let replacement = Replacement {
            name: made[0].name.clone(),
            kind: made[0].kind,
            sealed: sealed(&old, &made[0], "replaced"),
            at: moment(),
        };
        let credentials = &store.credentials;
        credentials
            .replace(organization, made[0].id, &replacement, Expected::Any, &entry())
            .await
            .unwrap();
        credentials
            .remove(organization, made[1].id, Expected::Any, &entry())
            .await
            .unwrap();
        store.wrappings.rewrap(&anew).await.unwrap();

        assert_eq!(opened(&store, &old, &made[0]).await.unwrap(), "replaced");
        assert_eq!(credentials.sealed(organization, made[1].id).await.unwrap(), None);
        assert!(matches!(
            opened(&store, &old, &made[2]).await,
            Err(OpenError::UnknownKey(_))
        ));
        assert_eq!(opened(&store, &new, &made[2]).await.unwrap(), "secret 2");
        let found = credentials.find(organization, made[2].id).await.unwrap();
        assert_eq!(
            found.as_ref(),
            Some(&made[2]),
            "wrapping is no change that anybody sees"
        );
        let expected = BTreeMap::from([(key(0), 1), (key(1), 1)]);
        assert_eq!(store.wrappings.count().await.unwrap(), expected);
        // The same again finds nothing to do.
        store.wrappings.rewrap(&anew).await.unwrap();
        assert_eq!(opened(&store, &new, &made[2]).await.unwrap(), "secret 2");
    }
);

for_each_store!(
    a_rotation_brings_every_record_that_opens_under_the_current_key,
    |store| {
        let ada = register(&store, "ada").await;
        let old = ring(&KEYS[1..]);
        let mut made = Vec::new();
        for number in 0..RECORDS {
            made.push(stored(&store, &old, &ada, &number.to_string()).await);
        }
        let lost = stored(&store, &ring(&KEYS[2..]), &ada, "under a key that is gone").await;
        let new = Arc::new(ring(&KEYS[..2]));
        let rotation = Rotation::new(store.wrappings.clone(), Arc::<Ring>::clone(&new));
        assert_eq!(rotation.census().await.unwrap().behind(), 251);
        let mut reports = Vec::new();
        let unreadable = rotation.run(|progress| reports.push(progress)).await.unwrap();
        assert_eq!(unreadable.len(), 1);
        assert_eq!(unreadable[0].slot, Credential::slot(lost.organization, lost.id));
        assert!(matches!(&unreadable[0].why, OpenError::UnknownKey(id) if *id == key(2)));
        let last = reports.last().unwrap();
        assert!(reports.len() > 2 && last.done == 251 && last.all == 251, "{reports:?}");
        let expected = BTreeMap::from([(key(0), 250), (key(2), 1)]);
        assert_eq!(store.wrappings.count().await.unwrap(), expected);
        let only_new = ring(&KEYS[..1]);
        for (number, credential) in made.iter().enumerate() {
            assert_eq!(opened(&store, &only_new, credential).await.unwrap(), number.to_string());
        }
        assert_eq!(rotation.run(|_| {}).await.unwrap().len(), 1);
    }
);
