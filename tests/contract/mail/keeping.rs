use std::time::Duration;

use tenon_kernel::{Expected, Limit, PageRequest, Version};
use tenon_messages::{ChangeRetentionError, DeviceId, Policy, ReadConversationError, Seq};
use tenon_tests::audit::entry;
use tenon_tests::clock::{DAY, moment};
use tenon_tests::for_each_store;
use tenon_tests::mail::{all, draft, mailbox, messages, pair, send, text};

use crate::pages::in_twos;

const EVERY: DeviceId = DeviceId::SIMPLE;

for_each_store!(history_has_both_directions_the_latest_first, |store| {
    let (ada, bob) = pair(&store).await;
    let mut sent = Vec::new();
    for number in 0..7 {
        let (from, to) = if number % 3 == 0 { (&bob, &ada) } else { (&ada, &bob) };
        sent.push(send(&store, from, &draft(to.user, &number.to_string())).await.sent.id);
    }
    sent.reverse();
    for (own, peer) in [(&ada, &bob), (&bob, &ada)] {
        let list =
            async |request: PageRequest<_>| store.archive.history(&mailbox(own), peer.user, None, &request).await;
        let kept = in_twos(list).await;
        assert_eq!(kept.iter().map(|message| message.id).collect::<Vec<_>>(), sent);
        assert_eq!(text(&kept[6]), "0");
    }
    let page = PageRequest {
        limit: Limit::default(),
        after: None,
        count: false,
    };
    let strangers = store.archive.history(&mailbox(&ada), ada.user, None, &page).await;
    assert!(matches!(strangers, Err(ReadConversationError::NotFound)));
});

for_each_store!(conversations_tell_the_last_message_and_what_is_unread, |store| {
    let (ada, bob) = pair(&store).await;
    for _ in 0..3 {
        send(&store, &ada, &draft(bob.user, "x")).await;
    }
    let last = send(&store, &bob, &draft(ada.user, "last")).await.sent;
    let list = async |own| {
        let request = PageRequest {
            limit: Limit::default(),
            after: None,
            count: true,
        };
        store
            .archive
            .conversations(&mailbox(own), EVERY, &request)
            .await
            .unwrap()
    };
    for (own, peer, unread) in [(&ada, &bob, 1), (&bob, &ada, 3)] {
        let page = list(own).await;
        assert_eq!((page.items.len(), page.total, page.next), (1, Some(1), None));
        let conversation = &page.items[0];
        assert_eq!(
            (conversation.peer, conversation.last, conversation.unread),
            (peer.user, last.id, unread)
        );
        assert_eq!(text(conversation.last_message.as_ref().unwrap()), "last");
    }
    let place = Seq::new(2).unwrap();
    store
        .mail
        .mark_read(&mailbox(&bob), ada.user, place, moment())
        .await
        .unwrap();
    assert_eq!(list(&bob).await.items[0].unread, 1);
});

for_each_store!(a_policy_is_changed_by_one_of_those_who_know_it, |store| {
    let (ada, _) = pair(&store).await;
    let (archive, organization) = (&store.archive, ada.organization);
    let initial = archive.retention(organization).await.unwrap();
    assert_eq!(
        (initial.policy, initial.version, initial.updated_at),
        (Policy::Keep, Version::FIRST, None)
    );
    let first = Expected::Exactly(Version::FIRST);
    let at = moment();
    let days = Policy::days(30).unwrap();
    let changed = archive.set_retention(organization, days, first, at).await.unwrap();
    assert_eq!(
        (changed.policy, changed.version, changed.updated_at),
        (days, Version::new(2), Some(at))
    );
    assert_eq!(archive.retention(organization).await.unwrap(), changed);
    let late = archive.set_retention(organization, Policy::Keep, first, at).await;
    assert!(matches!(late, Err(ChangeRetentionError::Stale(version)) if version == changed.version));
    let nowhere = tenon_kernel::Id::at(moment());
    let unknown = archive.set_retention(nowhere, Policy::Keep, Expected::Any, at).await;
    assert!(matches!(unknown, Err(ChangeRetentionError::UnknownOrganization)));
});

for_each_store!(after_so_many_days_messages_go_delivered_or_not, |store| {
    let (ada, bob) = pair(&store).await;
    let (archive, organization) = (&store.archive, Some(ada.organization));
    let now = moment();
    for days in [40, 31, 29, 0] {
        let draft = draft(bob.user, &days.to_string());
        store.mail.post(&ada, &draft, now.minus(days * DAY), 10).await.unwrap();
    }
    assert_eq!(archive.purge(organization, now).await.unwrap(), 0);
    let days = Policy::days(30).unwrap();
    archive
        .set_retention(ada.organization, days, Expected::Any, now)
        .await
        .unwrap();
    assert_eq!(archive.purge(organization, now).await.unwrap(), 2);
    assert_eq!(archive.purge(None, now).await.unwrap(), 0);
    for own in [&ada, &bob] {
        let kept: Vec<String> = messages(&all(&store, own, EVERY).await).into_iter().map(text).collect();
        assert_eq!(kept, ["29", "0"]);
    }
    // What went waits no longer.
    store.mail.post(&ada, &draft(bob.user, "x"), now, 3).await.unwrap();
});

for_each_store!(
    what_every_device_has_acknowledged_goes_where_that_is_the_policy,
    |store| {
        let (ada, bob) = pair(&store).await;
        let now = moment();
        let mut places = Vec::new();
        for number in 0..4 {
            places.push(send(&store, &ada, &draft(bob.user, &number.to_string())).await.sent.seq);
        }
        store
            .archive
            .set_retention(ada.organization, Policy::Acknowledged, Expected::Any, now)
            .await
            .unwrap();
        assert_eq!(store.archive.purge(None, now).await.unwrap(), 0);
        store
            .mail
            .acknowledge(&mailbox(&bob), EVERY, places[1], now)
            .await
            .unwrap();
        // The sender's own device has to know its copies first, once it has acknowledged any.
        store
            .mail
            .acknowledge(&mailbox(&ada), EVERY, Seq::new(1).unwrap(), now)
            .await
            .unwrap();
        assert_eq!(store.archive.purge(None, now).await.unwrap(), 1);
        store
            .mail
            .acknowledge(&mailbox(&ada), EVERY, Seq::new(99).unwrap(), now)
            .await
            .unwrap();
        assert_eq!(store.archive.purge(None, now).await.unwrap(), 1);
        let kept: Vec<String> = messages(&all(&store, &bob, EVERY).await)
            .into_iter()
            .map(text)
            .collect();
        assert_eq!(kept, ["2", "3"]);
    }
);

for_each_store!(many_messages_go_in_parts, |store| {
    let (ada, bob) = pair(&store).await;
    let now = moment();
    let long_ago = now.minus(2 * DAY);
    for number in 0..1_100 {
        let at = long_ago.plus(Duration::from_millis(number));
        store.mail.post(&ada, &draft(bob.user, "x"), at, 10_000).await.unwrap();
    }
    let day = Policy::days(1).unwrap();
    store
        .archive
        .set_retention(ada.organization, day, Expected::Any, now)
        .await
        .unwrap();
    assert_eq!(store.archive.purge(None, now).await.unwrap(), 1_100);
    assert_eq!(all(&store, &bob, EVERY).await, []);
});

for_each_store!(an_organization_that_goes_takes_its_messages_along, |store| {
    let (ada, bob) = pair(&store).await;
    send(&store, &ada, &draft(bob.user, "x")).await;
    let forget = moment().plus(DAY);
    store
        .organizations
        .delete(ada.organization, Expected::Any, moment(), forget, &entry())
        .await
        .unwrap();
    assert_eq!(all(&store, &bob, EVERY).await, []);
    let page = PageRequest {
        limit: Limit::default(),
        after: None,
        count: false,
    };
    let history = store.archive.history(&mailbox(&bob), ada.user, None, &page).await;
    assert!(matches!(history, Err(ReadConversationError::NotFound)));
});

for_each_store!(what_has_gone_is_still_known_by_its_client_id, |store| {
    let (ada, bob) = pair(&store).await;
    let once = draft(bob.user, "once");
    let sent = send(&store, &ada, &once).await.sent;
    let now = moment();
    store
        .archive
        .set_retention(ada.organization, Policy::Acknowledged, Expected::Any, now)
        .await
        .unwrap();
    store
        .mail
        .acknowledge(&mailbox(&bob), EVERY, sent.seq, now)
        .await
        .unwrap();
    assert_eq!(store.archive.purge(None, now).await.unwrap(), 1);
    let again = send(&store, &ada, &once).await;
    assert_eq!((again.sent, again.told), (sent, Vec::new()));
    assert_eq!(messages(&all(&store, &bob, EVERY).await).len(), 0);
    // A month later nobody sends it again.
    store.housekeeping.purge(now.plus(31 * DAY)).await.unwrap();
    assert_ne!(send(&store, &ada, &once).await.sent.id, sent.id);
});
