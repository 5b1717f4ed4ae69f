use tenon_kernel::{Expected, Member, Role};
use tenon_messages::keys::Registered;
use tenon_messages::{DeviceId, Draft, Notice, PostError, ReadMailError, Seq};
use tenon_sql::Store;
use tenon_tests::accounts::{join, register, revocation};
use tenon_tests::audit::entry_by;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::keys::Owner;
use tenon_tests::mail::{MOST, all, draft, mailbox, member, messages, pair, send, text};

const EVERY: DeviceId = DeviceId::SIMPLE;

pub async fn device(store: &Store, owner: &Member) -> DeviceId {
    let device = Owner::default().device(0..1);
    match store.devices.register(owner.user, &device, moment()).await.unwrap() {
        Registered::Now(own) => own.device.id,
        Registered::Before(_) => panic!("it is new"),
    }
}

fn to(device: DeviceId, draft: Draft) -> Draft {
    Draft { device, ..draft }
}

for_each_store!(
    what_waits_for_a_device_that_is_removed_goes_and_waits_no_longer,
    |store| {
        let (ada, bob) = pair(&store).await;
        let (lost, kept) = (device(&store, &bob).await, device(&store, &bob).await);
        for device in [lost, lost, kept] {
            send(&store, &ada, &to(device, draft(bob.user, "x"))).await;
        }
        let full = store.mail.post(&ada, &draft(bob.user, "x"), moment(), 3).await;
        assert!(matches!(full, Err(PostError::Full)));
        assert!(store.devices.remove(bob.user, lost, moment()).await.unwrap());
        for _ in 0..2 {
            store.mail.post(&ada, &draft(bob.user, "y"), moment(), 3).await.unwrap();
        }
        let cursor = store.mail.cursor(&mailbox(&bob), lost).await;
        assert!(matches!(cursor, Err(ReadMailError::UnknownDevice)));
        let texts: Vec<String> = messages(&all(&store, &bob, kept).await).into_iter().map(text).collect();
        assert_eq!(texts, ["x", "y", "y"]);
        // All that is left is acknowledged, and nothing is counted twice.
        let end = Seq::new(1_000).unwrap();
        store
            .mail
            .acknowledge(&mailbox(&bob), kept, end, moment())
            .await
            .unwrap();
        for _ in 0..3 {
            store.mail.post(&ada, &draft(bob.user, "z"), moment(), 3).await.unwrap();
        }
    }
);

for_each_store!(what_one_sends_to_ones_own_devices_keeps_nobody_out, |store| {
    let (ada, bob) = pair(&store).await;
    let desk = device(&store, &bob).await;
    for _ in 0..5 {
        let copy = to(desk, draft(bob.user, "copy"));
        store.mail.post(&bob, &copy, moment(), 3).await.unwrap();
    }
    for _ in 0..3 {
        store.mail.post(&ada, &draft(bob.user, "x"), moment(), 3).await.unwrap();
    }
    let end = Seq::new(1_000).unwrap();
    store
        .mail
        .acknowledge(&mailbox(&bob), desk, end, moment())
        .await
        .unwrap();
    for _ in 0..3 {
        store.mail.post(&ada, &draft(bob.user, "x"), moment(), 3).await.unwrap();
    }
});

for_each_store!(a_receipt_is_not_about_what_came_before_the_device, |store| {
    let (ada, bob) = pair(&store).await;
    let first = send(&store, &ada, &draft(bob.user, "before")).await.sent.seq;
    let phone = device(&store, &bob).await;
    let second = send(&store, &ada, &draft(bob.user, "after")).await.sent.seq;
    store
        .mail
        .acknowledge(&mailbox(&bob), phone, second, moment())
        .await
        .unwrap();
    let entries = all(&store, &ada, EVERY).await;
    let receipt = entries.iter().find_map(|entry| match entry.notice {
        Notice::Receipt(receipt) => Some(receipt),
        Notice::Message(_) | Notice::Copy(_) | Notice::KeyChange(_) => None,
    });
    let receipt = receipt.unwrap();
    assert_eq!((receipt.device, receipt.after, receipt.up_to), (phone, first, second));
});

for_each_store!(
    a_device_that_was_removed_elsewhere_is_unknown_to_who_comes_back,
    |store| {
        let ada = register(&store, "ada").await;
        let organization = ada.organization.id;
        let bob = join(&store, organization, "bob", Role::Member).await;
        let (ada, bob) = (member(&ada, organization), member(&bob, organization));
        let phone = device(&store, &bob).await;
        let sent = send(&store, &ada, &draft(bob.user, "x")).await.sent.seq;
        store
            .mail
            .acknowledge(&mailbox(&bob), phone, sent, moment())
            .await
            .unwrap();
        let revocation = revocation(bob.user, organization);
        let gone = store
            .members
            .remove(organization, bob.user, Expected::Any, &revocation, &entry_by(ada.user))
            .await;
        assert!(gone.is_ok());
        store.devices.remove(bob.user, phone, moment()).await.unwrap();
        let cursor = store.mail.cursor(&mailbox(&bob), phone).await;
        assert!(matches!(cursor, Err(ReadMailError::UnknownDevice)));
    }
);

for_each_store!(
    devices_that_come_and_go_while_their_owner_is_away_are_known_when_they_come_back,
    |store| {
        let ada = register(&store, "ada").await;
        let organization = ada.organization.id;
        let bob = join(&store, organization, "bob", Role::Member).await;
        let (ada, bob) = (member(&ada, organization), member(&bob, organization));
        let lost = device(&store, &bob).await;
        for _ in 0..3 {
            send(&store, &ada, &to(lost, draft(bob.user, "x"))).await;
        }
        let told = entry_by(ada.user);
        let revocation = revocation(bob.user, organization);
        let gone = store
            .members
            .remove(organization, bob.user, Expected::Any, &revocation, &told);
        assert!(gone.await.is_ok());
        assert!(store.devices.remove(bob.user, lost, moment()).await.unwrap());
        let new = device(&store, &bob).await;

        let told = entry_by(ada.user);
        store
            .members
            .add(organization, bob.user, Role::Member, &told)
            .await
            .unwrap();
        store.mail.post(&ada, &draft(bob.user, "y"), moment(), 1).await.unwrap();
        let texts: Vec<String> = messages(&all(&store, &bob, new).await).into_iter().map(text).collect();
        assert_eq!(texts, ["y"]);
        assert!(store.mail.cursor(&mailbox(&bob), new).await.unwrap() >= Seq::new(3).unwrap());
    }
);

for_each_store!(a_message_to_a_device_that_went_is_answered_as_before, |store| {
    let (ada, bob) = pair(&store).await;
    let lost = device(&store, &bob).await;
    let message = to(lost, draft(bob.user, "x"));
    let before = send(&store, &ada, &message).await;
    store.devices.remove(bob.user, lost, moment()).await.unwrap();
    let again = send(&store, &ada, &message).await;
    assert_eq!((again.sent, again.told), (before.sent, Vec::new()));
});

for_each_store!(a_device_of_somebody_else_is_no_place_to_send_to, |store| {
    let (ada, bob) = pair(&store).await;
    let phone = device(&store, &ada).await;
    let refused = store
        .mail
        .post(&ada, &to(phone, draft(bob.user, "x")), moment(), MOST)
        .await;
    assert!(matches!(refused, Err(PostError::UnknownDevice)));
});
