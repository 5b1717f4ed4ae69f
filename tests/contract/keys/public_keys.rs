use tenon_kernel::{Role, Version};
use tenon_messages::keys::KeyVersion;
use tenon_tests::accounts::{join, register, somebody};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::keys::public_key;

for_each_store!(
    a_new_key_has_the_next_version_and_the_same_again_changes_nothing,
    |store| {
        let ada = register(&store, "ada").await;
        let (user, organization, keys) = (ada.user.id, ada.organization.id, &store.public_keys);
        assert_eq!(keys.own(user).await.unwrap(), None);
        assert_eq!(keys.find(organization, user).await.unwrap(), Some(None));
        let (key, at) = (public_key(), moment());
        let first = keys.publish(user, &key, at).await.unwrap();
        let expected = KeyVersion {
            user,
            key,
            version: Version::FIRST,
            changed_at: at,
        };
        assert_eq!(first, expected);
        assert_eq!(keys.publish(user, &key, moment()).await.unwrap(), first);
        assert_eq!(keys.own(user).await.unwrap(), Some(first));
        let (other, later) = (public_key(), moment());
        let second = keys.publish(user, &other, later).await.unwrap();
        assert_eq!(
            (second.key, second.version, second.changed_at),
            (other, Version::new(2), later)
        );
        let back = keys.publish(user, &key, moment()).await.unwrap();
        assert_eq!(back.version, Version::new(3));
        assert_eq!(keys.find(organization, user).await.unwrap(), Some(Some(back)));
        assert_eq!(super::log(&store, organization, user).await.len(), 3);
        assert_eq!(super::changes(&store, organization, Default::default()).await.len(), 3);
    }
);

for_each_store!(who_is_no_member_is_not_found_whatever_keys_they_have, |store| {
    let (ada, eve) = (register(&store, "ada").await, register(&store, "eve").await);
    let organization = ada.organization.id;
    let keys = &store.public_keys;
    keys.publish(eve.user.id, &public_key(), moment()).await.unwrap();
    for user in [eve.user.id, somebody()] {
        assert_eq!(keys.find(organization, user).await.unwrap(), None);
        let lines = keys.lines(organization, user, Default::default(), Default::default());
        assert_eq!(lines.await.unwrap(), None);
        assert_eq!(store.devices.of_member(organization, user).await.unwrap(), None);
        assert!(!store.devices.has_member(organization, user).await.unwrap());
        let claimed = store.devices.claim(organization, user, None, moment());
        assert_eq!(claimed.await.unwrap(), None);
    }
    assert_eq!(super::changes(&store, organization, Default::default()).await, []);
    let bob = join(&store, organization, "bob", Role::Viewer).await.user.id;
    assert_eq!(keys.find(organization, bob).await.unwrap(), Some(None));
    assert!(store.devices.has_member(organization, bob).await.unwrap());
});

for_each_store!(a_key_for_nobody_is_not_stored, |store| {
    let nobody = somebody();
    store
        .public_keys
        .publish(nobody, &public_key(), moment())
        .await
        .unwrap_err();
    assert_eq!(store.public_keys.own(nobody).await.unwrap(), None);
});
