//! What is asked of messages, by two people who have exchanged some.

use tenon_kernel::{Expected, Id, Limit, Member, PageRequest, Role, Timestamp};
use tenon_messages::{Awaited, Content, DeviceId, Draft, Kind, Mailbox, MessageSettings, Policy, Seq};

use super::keys::{device, somebody};
use crate::Store;

const EVERY: DeviceId = DeviceId::SIMPLE;

/// Asks everything that can be asked of messages.
pub async fn ask(store: &Store, now: Timestamp) {
    let (ada, bob) = (somebody(now, "ada"), somebody(now, "bob"));
    for registration in [&ada, &bob] {
        store.users.register(registration).await.unwrap();
    }
    let member = Member {
        user: ada.user.id,
        organization: ada.organization.id,
        role: Role::Owner,
        session: ada.session.id,
    };
    let mailbox = Mailbox {
        organization: member.organization,
        user: member.user,
    };
    // To oneself: nobody else is a member.
    let draft = |device| Draft {
        client: Id::at(now),
        to: member.user,
        device,
        kind: Kind::default(),
        content: Content::parse("AAAA").unwrap(),
    };
    let mail = &store.mail;
    let sent = mail.post(&member, &draft(EVERY), now, 10).await.unwrap().sent;
    let one = DeviceId::new(1).unwrap();
    store.devices.register(member.user, &device(4), now).await.unwrap();
    mail.post(&member, &draft(one), now, 10).await.unwrap();
    let stranger = Draft {
        to: bob.user.id,
        ..draft(EVERY)
    };
    mail.post(&member, &stranger, now, 10).await.unwrap_err();
    for device in [EVERY, one] {
        mail.cursor(&mailbox, device).await.unwrap();
        mail.after(&mailbox, device, Seq::START, Limit::default())
            .await
            .unwrap();
        mail.acknowledge(&mailbox, device, sent.seq, now).await.unwrap();
    }
    mail.mark_read(&mailbox, member.user, sent.seq, now).await.unwrap();
    let known = Seq::START;
    mail.ahead(&[Awaited { mailbox, known }]).await.unwrap();
    ask_archive(store, &member, now).await;
    store.devices.remove(member.user, one, now).await.unwrap();
}

async fn ask_archive(store: &Store, member: &Member, now: Timestamp) {
    let archive = &store.archive;
    let mailbox = Mailbox {
        organization: member.organization,
        user: member.user,
    };
    let first = PageRequest {
        limit: Limit::default(),
        after: None,
        count: true,
    };
    let later = PageRequest {
        after: Some(Id::at(now)),
        count: false,
        ..first
    };
    for page in [first, later] {
        archive.conversations(&mailbox, EVERY, &page).await.unwrap();
        for device in [None, Some(EVERY)] {
            archive.history(&mailbox, member.user, device, &page).await.unwrap();
        }
    }
    archive.settings(member.user).await.unwrap();
    archive
        .set_settings(member.user, MessageSettings::default())
        .await
        .unwrap();
    for policy in [Policy::Acknowledged, Policy::days(1).unwrap()] {
        archive
            .set_retention(member.organization, policy, Expected::Any, now)
            .await
            .unwrap();
        archive.retention(member.organization).await.unwrap();
        archive.purge(Some(member.organization), now).await.unwrap();
    }
    archive.purge(None, now).await.unwrap();
}
