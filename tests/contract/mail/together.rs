//! What many do at the same moment, of which some is usual and some is not.

use std::collections::BTreeSet;

use tenon_kernel::{Id, Member, Role};
use tenon_messages::{DeviceId, Draft, Notice, PostError, ReadMailError, Seq};
use tenon_sql::Store;
use tenon_tests::accounts::{join, register};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::mail::{MOST, all, draft, mailbox, member, messages, pair, send, text};
use tenon_tests::race::{race, runner};

use super::devices::device;

const EVERY: DeviceId = DeviceId::SIMPLE;

/// A few people of one organization, the first of whom owns it.
async fn people(store: &Store) -> Vec<Member> {
    let ada = register(store, "ada").await;
    let organization = ada.organization.id;
    let mut people = vec![member(&ada, organization)];
    for name in ["bob", "cyd", "dan", "eve"] {
        let joined = join(store, organization, name, Role::Member).await;
        people.push(member(&joined, organization));
    }
    people
}

for_each_store!(what_is_refused_of_many_messages_keeps_no_other_back, |store| {
    let people = people(&store).await;
    let [ada, bob, ..] = people[..] else {
        panic!("there are five")
    };
    let desk = device(&store, &bob).await;
    let before = draft(bob.user, "before");
    let first = send(&store, &ada, &before).await.sent;
    let twice = draft(bob.user, "twice");
    let changed = Draft {
        to: ada.user,
        ..before.clone()
    };
    let to_device = |device| Draft {
        device,
        ..draft(bob.user, "to a device")
    };
    let drafts = vec![
        before.clone(),
        twice.clone(),
        twice.clone(),
        changed,
        draft(Id::at(moment()), "to nobody"),
        to_device(desk),
        to_device(DeviceId::new(77).unwrap()),
        draft(ada.user, "to herself"),
    ];
    let usual = (0..50).map(|number| draft(people[1 + number % 4].user, &number.to_string()));
    let runners = drafts.into_iter().chain(usual).map(|draft| {
        let mail = store.mail.clone();
        runner(async move { mail.post(&ada, &draft, moment(), MOST).await })
    });
    let mut posted = race(runners).await.into_iter();
    let mut next = || posted.next().unwrap();
    let again = next().unwrap();
    assert_eq!((again.sent, again.told), (first, Vec::new()));
    let (one, other) = (next().unwrap(), next().unwrap());
    assert_eq!(one.sent, other.sent);
    assert_eq!(one.told.len() + other.told.len(), 2, "one of them was kept");
    assert!(matches!(next(), Err(PostError::ClientIdReused)));
    assert!(matches!(next(), Err(PostError::UnknownRecipient)));
    assert_eq!(next().unwrap().told, [bob.user]);
    assert!(matches!(next(), Err(PostError::UnknownDevice)));
    assert_eq!(next().unwrap().told, [ada.user]);
    let sent: BTreeSet<_> = posted.map(|posted| posted.unwrap().sent.id).collect();
    assert_eq!(sent.len(), 50);
    let received = messages(&all(&store, &bob, desk).await)
        .into_iter()
        .map(text)
        .collect::<BTreeSet<_>>();
    let usual = (0..50)
        .filter(|number| number % 4 == 0)
        .map(|number| number.to_string());
    let expected: BTreeSet<_> = ["before", "twice", "to a device"]
        .map(str::to_owned)
        .into_iter()
        .chain(usual)
        .collect();
    assert_eq!(received, expected);
    let entries = all(&store, &ada, EVERY).await;
    assert!(entries.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert_eq!(
        entries.len(),
        53,
        "a copy of each for somebody else, and what she sent to herself"
    );
});

for_each_store!(who_has_no_room_left_keeps_nobody_else_back, |store| {
    let people = people(&store).await;
    let [ada, bob, cyd, ..] = people[..] else {
        panic!("there are five")
    };
    for _ in 0..5 {
        send(&store, &ada, &draft(bob.user, "waits")).await;
    }
    let runners = (0..40).map(|number| {
        let mail = store.mail.clone();
        let to = if number % 2 == 0 { bob.user } else { cyd.user };
        async move {
            mail.post(&ada, &draft(to, "x"), moment(), 5 + 20 * u32::from(to == cyd.user))
                .await
        }
    });
    for (number, posted) in race(runners).await.into_iter().enumerate() {
        if number % 2 == 0 {
            assert!(matches!(posted, Err(PostError::Full)), "{posted:?}");
        } else {
            posted.unwrap();
        }
    }
});

for_each_store!(acknowledgements_that_race_give_each_sender_their_receipts, |store| {
    let people = people(&store).await;
    for from in &people {
        for to in people.iter().filter(|to| to.user != from.user) {
            for _ in 0..3 {
                send(&store, from, &draft(to.user, "x")).await;
            }
        }
    }
    let far = Seq::new(1_000).unwrap();
    let unknown = DeviceId::new(77).unwrap();
    let runners = people
        .iter()
        .flat_map(|own| [EVERY, EVERY, unknown].map(|device| (*own, device)));
    let runners = runners.map(|(own, device)| {
        let mail = store.mail.clone();
        runner(async move {
            (
                own.user,
                device,
                mail.acknowledge(&mailbox(&own), device, far, moment()).await,
            )
        })
    });
    let mut told = Vec::new();
    for (user, device, done) in race(runners).await {
        match done {
            Ok(done) => told.extend(done.told.into_iter().map(|sender| (user, sender))),
            Err(error) => assert!(
                device == unknown && matches!(error, ReadMailError::UnknownDevice),
                "{error}"
            ),
        }
    }
    let number = told.len();
    let told: BTreeSet<_> = told.into_iter().collect();
    assert_eq!((number, told.len()), (20, 20), "each tells each other once");
    for own in &people {
        let entries = all(&store, own, EVERY).await;
        let receipts = entries.iter().filter_map(|entry| match &entry.notice {
            Notice::Receipt(receipt) => Some(receipt.by),
            Notice::Message(_) | Notice::Copy(_) | Notice::KeyChange(_) => None,
        });
        let by: BTreeSet<_> = receipts.collect();
        assert_eq!(by.len(), 4);
        assert!(messages(&entries).iter().all(|message| message.delivered_at.is_some()));
    }
    for own in &people {
        // Nothing is left that would count as waiting.
        let other = people.iter().find(|other| other.user != own.user).unwrap();
        store
            .mail
            .post(other, &draft(own.user, "x"), moment(), 1)
            .await
            .unwrap();
    }
});

for_each_store!(mailboxes_that_are_read_at_once_are_read_each_for_itself, |store| {
    let (ada, bob) = pair(&store).await;
    for number in 0..10 {
        send(&store, &ada, &draft(bob.user, &number.to_string())).await;
    }
    let runners = (0..40).map(|number: usize| {
        let (store, own) = (store.clone(), if number.is_multiple_of(2) { ada } else { bob });
        async move { all(&store, &own, EVERY).await }
    });
    for entries in race(runners).await {
        let texts: Vec<_> = messages(&entries).into_iter().map(text).collect();
        assert_eq!(texts, (0..10).map(|number| number.to_string()).collect::<Vec<_>>());
    }
    let stranger = Member {
        user: Id::at(moment()),
        ..ada
    };
    assert_eq!(all(&store, &stranger, EVERY).await, []);
});
