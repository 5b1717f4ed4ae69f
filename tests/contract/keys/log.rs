use std::sync::Arc;

use tenon_kernel::{Timestamp, UserId, Version};
use tenon_messages::DeviceId;
use tenon_messages::keys::{KeyLogLine, LineNumber, LogEntry, LogKind, PublicKey, Registered, genesis};
use tenon_sql::Store;
use tenon_tests::accounts::register;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::keys::{Owner, public_key};
use tenon_tests::race::{Runner, race, runner};

use super::{enter, log, number, refusal};

/// The log as it must be when these things happened in this order.
fn told(user: UserId, entries: Vec<LogEntry>) -> Vec<KeyLogLine> {
    let mut lines: Vec<KeyLogLine> = Vec::new();
    for entry in entries {
        lines.push(match lines.last() {
            None => KeyLogLine::first(user, entry),
            Some(last) => KeyLogLine::after(last.number, last.hash, entry),
        });
    }
    lines
}

fn entry(kind: LogKind, device: u64, version: i64, keys: &[[u8; 32]], at: Timestamp) -> LogEntry {
    LogEntry {
        kind,
        device: number(device),
        version: Version::new(version),
        keys: keys.to_vec(),
        at,
    }
}

for_each_store!(the_log_tells_every_change_in_a_chain, |store| {
    let ada = register(&store, "ada").await;
    let (user, organization) = (ada.user.id, ada.organization.id);
    assert_eq!(log(&store, organization, user).await, []);
    let at: Vec<Timestamp> = std::iter::repeat_with(moment).take(5).collect();
    let (one, two) = (public_key(), public_key());
    let owner = Owner::default();
    let device = owner.device(0..3);
    store.public_keys.publish(user, &one, at[0]).await.unwrap();
    store.devices.register(user, &device, at[1]).await.unwrap();
    store.public_keys.publish(user, &two, at[2]).await.unwrap();
    assert!(store.devices.remove(user, number(1), at[3]).await.unwrap());
    let other = Owner::default().device([]);
    store.devices.register(user, &other, at[4]).await.unwrap();
    let [identity, agreement] = [*device.identity_key.as_bytes(), *device.agreement_key.key.as_bytes()];
    let [identity_2, agreement_2] = [*other.identity_key.as_bytes(), *other.agreement_key.key.as_bytes()];
    let expected = told(
        user,
        vec![
            entry(LogKind::PublicKey, 0, 1, &[*one.as_bytes()], at[0]),
            entry(LogKind::DeviceAdded, 1, 0, &[identity, agreement], at[1]),
            entry(LogKind::PublicKey, 0, 2, &[*two.as_bytes()], at[2]),
            entry(LogKind::DeviceRemoved, 1, 0, &[], at[3]),
            entry(LogKind::DeviceAdded, 2, 0, &[identity_2, agreement_2], at[4]),
        ],
    );
    assert_eq!(expected[0].previous, genesis(user));
    assert_eq!(log(&store, organization, user).await, expected);
});

for_each_store!(what_changes_no_key_has_no_line, |store| {
    let ada = register(&store, "ada").await;
    let (user, organization) = (ada.user.id, ada.organization.id);
    let owner = Owner::default();
    let device = owner.device(0..3);
    enter(&store, user, &device).await;
    let before = log(&store, organization, user).await;
    assert!(matches!(
        store.devices.register(user, &device, moment()).await,
        Ok(Registered::Before(_))
    ));
    store.devices.stock(user, number(1), &owner.upload(7..9)).await.unwrap();
    store
        .devices
        .claim(organization, user, None, moment())
        .await
        .unwrap()
        .unwrap();
    refusal(&store, user, &owner.device([0])).await;
    let mut wrong = Owner::default().device([]);
    wrong.identity_key = device.identity_key;
    refusal(&store, user, &wrong).await;
    assert!(!store.devices.remove(user, number(2), moment()).await.unwrap());
    assert_eq!(log(&store, organization, user).await, before);
});

async fn publish(store: Arc<Store>, user: UserId, key: PublicKey) {
    store.public_keys.publish(user, &key, moment()).await.unwrap();
}

async fn come_and_go(store: Arc<Store>, user: UserId) {
    let own = enter(&store, user, &Owner::default().device(0..2)).await;
    assert!(store.devices.remove(user, own.device.id, moment()).await.unwrap());
}

for_each_store!(the_chain_neither_forks_nor_breaks_under_concurrent_changes, |store| {
    let ada = register(&store, "ada").await;
    let (user, organization) = (ada.user.id, ada.organization.id);
    let stores = [Arc::new((*store).clone()), Arc::new(store.another())];
    let runners: Vec<Runner<()>> = (0..30)
        .map(|turn| {
            let store = Arc::clone(&stores[turn % 2]);
            match turn % 3 {
                0 => runner(come_and_go(store, user)),
                _ => runner(publish(store, user, public_key())),
            }
        })
        .collect();
    race(runners).await;
    let lines = log(&store, organization, user).await;
    assert_eq!(lines.len(), 20 + 2 * 10);
    let entries = lines.iter().map(|line| line.entry.clone()).collect();
    assert_eq!(lines, told(user, entries));
    let of = |kind: LogKind| lines.iter().filter(move |line| line.entry.kind == kind);
    let versions: Vec<i64> = of(LogKind::PublicKey).map(|line| line.entry.version.get()).collect();
    assert_eq!(versions, (1..=20).collect::<Vec<i64>>());
    let added: Vec<DeviceId> = of(LogKind::DeviceAdded).map(|line| line.entry.device).collect();
    assert_eq!(added, (1..=10).map(number).collect::<Vec<_>>());
    let last = of(LogKind::PublicKey).next_back().unwrap();
    let current = store.public_keys.own(user).await.unwrap().unwrap();
    assert_eq!(last.entry.keys, [*current.key.as_bytes()]);
    assert_eq!(lines.last().unwrap().number, LineNumber(40));
});
