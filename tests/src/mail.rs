//! Messages for tests of the store; each call makes new ones.

use tenon_accounts::Registration;
use tenon_kernel::{Id, Limit, Member, OrganizationId, Role, UserId};
use tenon_messages::{ClientId, Content, DeviceId, Draft, Entry, Kind, Mailbox, Message, Notice, Posted, Seq};
use tenon_sql::Store;
use uuid::Uuid;

use crate::accounts::join;
use crate::clock::moment;

/// More than any test lets wait.
pub const MOST: u32 = 10_000;

/// Somebody who is signed in to an organization.
pub fn member(registration: &Registration, organization: OrganizationId) -> Member {
    Member {
        user: registration.user.id,
        organization,
        role: Role::Member,
        session: registration.session.id,
    }
}

/// Two members of one organization.
pub async fn pair(store: &Store) -> (Member, Member) {
    let ada = crate::accounts::register(store, "ada").await;
    let organization = ada.organization.id;
    let bob = join(store, organization, "bob", Role::Member).await;
    (member(&ada, organization), member(&bob, organization))
}

pub fn client_id() -> ClientId {
    Id::from_uuid(Uuid::new_v4())
}

/// A message of these bytes for every device of somebody.
pub fn draft(to: UserId, text: &str) -> Draft {
    Draft {
        client: client_id(),
        to,
        device: DeviceId::SIMPLE,
        kind: Kind::default(),
        content: Content::stored(text.as_bytes()),
    }
}

/// Sends it now.
pub async fn send(store: &Store, sender: &Member, draft: &Draft) -> Posted {
    store.mail.post(sender, draft, moment(), MOST).await.unwrap()
}

pub fn mailbox(member: &Member) -> Mailbox {
    Mailbox {
        organization: member.organization,
        user: member.user,
    }
}

/// Everything in somebody's mailbox for a device, read a few entries at a time.
pub async fn all(store: &Store, member: &Member, device: DeviceId) -> Vec<Entry> {
    let (mut all, mut place) = (Vec::new(), Seq::START);
    loop {
        let most = Limit::new(7).unwrap();
        let reading = store.mail.after(&mailbox(member), device, place, most).await.unwrap();
        assert!(
            reading
                .entries
                .iter()
                .all(|entry| entry.seq > place && entry.seq <= reading.reached)
        );
        all.extend(reading.entries);
        place = reading.reached;
        if !reading.more {
            return all;
        }
    }
}

/// The messages among entries.
pub fn messages(entries: &[Entry]) -> Vec<&Message> {
    entries
        .iter()
        .filter_map(|entry| match &entry.notice {
            Notice::Message(message) | Notice::Copy(message) => Some(&**message),
            Notice::Receipt(_) | Notice::KeyChange(_) => None,
        })
        .collect()
}

/// What a message says.
pub fn text(message: &Message) -> String {
    String::from_utf8(message.content.bytes()).unwrap()
}
