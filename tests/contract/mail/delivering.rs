use tenon_kernel::Limit;
use tenon_messages::{
    Awaited, DeviceId, MarkReadError, MessageSettings, Notice, ReadMailError, Receipt, ReceiptKind, Seq,
};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::mail::{all, draft, mailbox, messages, pair, send};
use tenon_tests::race::race;

const EVERY: DeviceId = DeviceId::SIMPLE;

fn receipts(entries: &[tenon_messages::Entry]) -> Vec<Receipt> {
    entries
        .iter()
        .filter_map(|entry| match entry.notice {
            Notice::Receipt(receipt) => Some(receipt),
            Notice::Message(_) | Notice::Copy(_) | Notice::KeyChange(_) => None,
        })
        .collect()
}

for_each_store!(a_cursor_goes_forward_and_not_past_the_end, |store| {
    let (ada, bob) = pair(&store).await;
    let (own, mail) = (mailbox(&bob), &store.mail);
    assert_eq!(mail.cursor(&own, EVERY).await.unwrap(), Seq::START);
    let mut places = Vec::new();
    for _ in 0..3 {
        places.push(send(&store, &ada, &draft(bob.user, "x")).await.sent.seq);
    }
    for (asked, is) in [(1, 1), (0, 1), (99, 2), (0, 2)] {
        let asked = places.get(asked).copied().unwrap_or(Seq::new(1_000).unwrap());
        let done = mail.acknowledge(&own, EVERY, asked, moment()).await.unwrap();
        assert_eq!(done.up_to, places[is]);
        assert_eq!(mail.cursor(&own, EVERY).await.unwrap(), places[is]);
    }
    let nobodys = DeviceId::new(7).unwrap();
    assert!(matches!(
        mail.cursor(&own, nobodys).await,
        Err(ReadMailError::UnknownDevice)
    ));
    let refused = mail.acknowledge(&own, nobodys, places[0], moment()).await;
    assert!(matches!(refused, Err(ReadMailError::UnknownDevice)));
});

for_each_store!(the_sender_gets_one_receipt_for_what_was_delivered_first, |store| {
    let (ada, bob) = pair(&store).await;
    let mut last = Seq::START;
    for _ in 0..3 {
        last = send(&store, &ada, &draft(bob.user, "x")).await.sent.seq;
    }
    let at = moment();
    let runners = (0..10).map(|_| {
        let mail = store.mail.clone();
        async move { mail.acknowledge(&mailbox(&bob), EVERY, last, at).await.unwrap() }
    });
    let told: Vec<_> = race(runners).await.into_iter().flat_map(|done| done.told).collect();
    assert_eq!(told, [ada.user]);
    let expected = Receipt {
        kind: ReceiptKind::Delivered,
        by: bob.user,
        device: EVERY,
        after: Seq::START,
        up_to: last,
        at,
    };
    let entries = all(&store, &ada, EVERY).await;
    assert_eq!(receipts(&entries), [expected]);
    assert!(
        messages(&entries)
            .iter()
            .all(|message| message.delivered_at == Some(at))
    );
    // A copy that is acknowledged delivers nothing.
    let done = store
        .mail
        .acknowledge(&mailbox(&ada), EVERY, Seq::new(99).unwrap(), moment())
        .await
        .unwrap();
    assert!(done.told.is_empty());
});

for_each_store!(the_sender_is_told_what_was_read_unless_the_reader_minds, |store| {
    let (ada, bob) = pair(&store).await;
    let first = send(&store, &ada, &draft(bob.user, "x")).await.sent.seq;
    let second = send(&store, &ada, &draft(bob.user, "x")).await.sent.seq;
    let (own, mail) = (mailbox(&bob), &store.mail);
    let at = moment();
    assert_eq!(
        mail.mark_read(&own, ada.user, first, at).await.unwrap().told,
        [ada.user]
    );
    assert!(
        mail.mark_read(&own, ada.user, first, moment())
            .await
            .unwrap()
            .told
            .is_empty()
    );
    let minds = MessageSettings { read_receipts: false };
    store.archive.set_settings(bob.user, minds).await.unwrap();
    assert_eq!(store.archive.settings(bob.user).await.unwrap(), minds);
    let far = Seq::new(1_000).unwrap();
    let done = mail.mark_read(&own, ada.user, far, moment()).await.unwrap();
    assert!(done.told.is_empty());
    assert!(
        done.up_to >= second && done.up_to < far,
        "what is not there yet is not read"
    );
    let read = Receipt {
        kind: ReceiptKind::Read,
        by: bob.user,
        device: EVERY,
        after: Seq::START,
        up_to: first,
        at,
    };
    assert_eq!(receipts(&all(&store, &ada, EVERY).await), [read]);
    let stranger = tenon_kernel::Id::at(moment());
    let nobody = mail.mark_read(&own, stranger, first, moment()).await;
    assert!(matches!(nobody, Err(MarkReadError::NotFound)));
});

for_each_store!(those_are_ahead_that_have_more_than_is_known, |store| {
    let (ada, bob) = pair(&store).await;
    let known = send(&store, &ada, &draft(bob.user, "x")).await.sent.seq;
    let awaited = |known| Awaited {
        mailbox: mailbox(&bob),
        known,
    };
    assert_eq!(store.mail.ahead(&[awaited(known)]).await.unwrap(), []);
    assert_eq!(store.mail.ahead(&[awaited(Seq::START)]).await.unwrap(), [mailbox(&bob)]);
    send(&store, &ada, &draft(bob.user, "x")).await;
    assert_eq!(store.mail.ahead(&[awaited(known)]).await.unwrap(), [mailbox(&bob)]);
    let stranger = Awaited {
        mailbox: tenon_messages::Mailbox {
            user: tenon_kernel::Id::at(moment()),
            ..mailbox(&bob)
        },
        known: Seq::START,
    };
    assert_eq!(store.mail.ahead(&[stranger]).await.unwrap(), []);
});

for_each_store!(who_reads_while_others_write_misses_nothing, |store| {
    let (ada, bob) = pair(&store).await;
    let writing: Vec<_> = (0..8)
        .map(|_| {
            let mail = store.mail.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    mail.post(&ada, &draft(bob.user, "x"), moment(), 10_000).await.unwrap();
                }
            })
        })
        .collect();
    let (mut place, mut received) = (Seq::START, 0);
    loop {
        // Asked first: what they wrote before is read then.
        let all_written = writing.iter().all(tokio::task::JoinHandle::is_finished);
        let most = Limit::new(100).unwrap();
        let reading = store.mail.after(&mailbox(&bob), EVERY, place, most).await.unwrap();
        received += reading.entries.len();
        place = reading.reached;
        if all_written && !reading.more {
            break;
        }
    }
    for writer in writing {
        writer.await.unwrap();
    }
    assert_eq!((received, all(&store, &bob, EVERY).await.len()), (200, 200));
});

for_each_store!(
    many_messages_are_read_at_once_and_the_last_receipt_is_about_all,
    |store| {
        let (ada, bob) = pair(&store).await;
        let mut last = Seq::START;
        for _ in 0..1_500 {
            last = send(&store, &ada, &draft(bob.user, "x")).await.sent.seq;
        }
        let (own, mail) = (mailbox(&bob), &store.mail);
        let done = mail.mark_read(&own, ada.user, last, moment()).await.unwrap();
        assert_eq!((done.up_to, done.told), (last, vec![ada.user]));
        let told = receipts(&all(&store, &ada, EVERY).await);
        assert_eq!(told.last().unwrap().up_to, last);
        let again = mail.mark_read(&own, ada.user, last, moment()).await.unwrap();
        assert!(again.told.is_empty());
    }
);
