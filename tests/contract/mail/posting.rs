use tenon_kernel::Role;
use tenon_messages::{Content, DeviceId, Kind, PostError};
use tenon_tests::accounts::{join, register};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::mail::{MOST, all, draft, member, messages, pair, send, text};
use tenon_tests::race::race;

const EVERY: DeviceId = DeviceId::SIMPLE;

for_each_store!(what_is_sent_is_in_the_mailbox_of_the_recipient_in_order, |store| {
    let (ada, bob) = pair(&store).await;
    let mut sent = Vec::new();
    for number in 0..20 {
        let posted = send(&store, &ada, &draft(bob.user, &number.to_string())).await;
        assert_eq!(posted.told, [bob.user, ada.user]);
        sent.push(posted.sent);
    }
    let entries = all(&store, &bob, EVERY).await;
    let received = messages(&entries);
    assert_eq!(received.len(), 20);
    for (number, ((message, entry), sent)) in received.iter().zip(&entries).zip(&sent).enumerate() {
        assert_eq!(text(message), number.to_string());
        assert_eq!((message.id, message.seq, entry.seq), (sent.id, sent.seq, sent.seq));
        assert_eq!(
            (message.sender, message.recipient, message.session),
            (ada.user, bob.user, ada.session)
        );
        assert_eq!((message.delivered_at, message.read_at), (None, None));
    }
    let copies = all(&store, &ada, EVERY).await;
    assert_eq!(messages(&copies), received);
});

for_each_store!(a_repetition_returns_the_same_and_keeps_nothing, |store| {
    let (ada, bob) = pair(&store).await;
    let first = draft(bob.user, "once");
    let posted = send(&store, &ada, &first).await;
    let again = send(&store, &ada, &first).await;
    assert_eq!((again.sent, again.told), (posted.sent, Vec::new()));
    for other in [Content::stored(b"twice")]
        .map(|content| tenon_messages::Draft {
            content,
            ..first.clone()
        })
        .into_iter()
        .chain([
            tenon_messages::Draft {
                kind: Kind::parse("other").unwrap(),
                ..first.clone()
            },
            tenon_messages::Draft {
                to: ada.user,
                ..first.clone()
            },
        ])
    {
        let refused = store.mail.post(&ada, &other, moment(), MOST).await;
        assert!(matches!(refused, Err(PostError::ClientIdReused)), "{refused:?}");
    }
    // Another sender's client ids are their own.
    let theirs = tenon_messages::Draft { to: ada.user, ..first };
    assert_ne!(send(&store, &bob, &theirs).await.sent.id, posted.sent.id);
    assert_eq!(messages(&all(&store, &bob, EVERY).await).len(), 2);
});

for_each_store!(repetitions_that_race_keep_one_message, |store| {
    let (ada, bob) = pair(&store).await;
    let draft = draft(bob.user, "once");
    let runners = (0..20).map(|_| {
        let (mail, draft) = (store.mail.clone(), draft.clone());
        async move { mail.post(&ada, &draft, moment(), MOST).await.unwrap() }
    });
    let posted = race(runners).await;
    assert!(posted.iter().all(|other| other.sent == posted[0].sent));
    assert_eq!(posted.iter().filter(|posted| !posted.told.is_empty()).count(), 1);
    assert_eq!(messages(&all(&store, &bob, EVERY).await).len(), 1);
    assert_eq!(messages(&all(&store, &ada, EVERY).await).len(), 1);
});

for_each_store!(everybody_writes_to_everybody_at_once_and_nothing_is_lost, |store| {
    let ada = register(&store, "ada").await;
    let organization = ada.organization.id;
    let mut people = vec![member(&ada, organization)];
    for name in ["bob", "cyd", "dan"] {
        people.push(member(
            &join(&store, organization, name, Role::Member).await,
            organization,
        ));
    }
    let runners = people
        .iter()
        .flat_map(|from| people.iter().map(move |to| (*from, *to)))
        .map(|(from, to)| {
            let mail = store.mail.clone();
            async move {
                for number in 0..10 {
                    let draft = draft(to.user, &number.to_string());
                    mail.post(&from, &draft, moment(), MOST).await.unwrap();
                }
            }
        });
    race(runners).await;
    for to in &people {
        let entries = all(&store, to, EVERY).await;
        assert!(entries.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        for from in &people {
            let received: Vec<String> = messages(&entries)
                .into_iter()
                .filter(|message| message.sender == from.user && message.recipient == to.user)
                .map(text)
                .collect();
            assert_eq!(received, (0..10).map(|number| number.to_string()).collect::<Vec<_>>());
        }
    }
});

for_each_store!(who_is_no_member_is_no_recipient, |store| {
    let (ada, bob) = pair(&store).await;
    let eve = register(&store, "eve").await;
    for to in [eve.user.id, tenon_kernel::Id::at(moment())] {
        let refused = store.mail.post(&ada, &draft(to, "x"), moment(), MOST).await;
        assert!(matches!(refused, Err(PostError::UnknownRecipient)), "{refused:?}");
    }
    let device = DeviceId::new(7).unwrap();
    let refused = store
        .mail
        .post(
            &ada,
            &tenon_messages::Draft {
                device,
                ..draft(bob.user, "x")
            },
            moment(),
            MOST,
        )
        .await;
    assert!(matches!(refused, Err(PostError::UnknownDevice)), "{refused:?}");
    let elsewhere = member(&eve, eve.organization.id);
    assert_eq!(all(&store, &elsewhere, EVERY).await, []);
});

for_each_store!(for_whom_too_much_waits_gets_no_more_until_they_acknowledge, |store| {
    let (ada, bob) = pair(&store).await;
    let mut last = None;
    for number in 0..5 {
        last = Some(
            store
                .mail
                .post(&ada, &draft(bob.user, &number.to_string()), moment(), 5)
                .await
                .unwrap(),
        );
    }
    let refused = store.mail.post(&ada, &draft(bob.user, "x"), moment(), 5).await;
    assert!(matches!(refused, Err(PostError::Full)), "{refused:?}");
    let place = last.unwrap().sent.seq;
    store
        .mail
        .acknowledge(&tenon_tests::mail::mailbox(&bob), EVERY, place, moment())
        .await
        .unwrap();
    store.mail.post(&ada, &draft(bob.user, "x"), moment(), 5).await.unwrap();
});
