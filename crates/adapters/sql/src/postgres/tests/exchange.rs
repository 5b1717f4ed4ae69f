use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tenon_accounts::Registration;
use tenon_kernel::{Id, Member, Role, Timestamp};
use tenon_messages::{Content, DeviceId, Draft, Kind, Mailbox, Seq};
use tokio::task::JoinSet;

use crate::Store;
use crate::postgres::{Conn, Database, store};
use crate::testing::{PostgresDatabase, somebody};

const EVERY: DeviceId = DeviceId::SIMPLE;

fn now() -> Timestamp {
    Timestamp::from_micros(1_767_225_600_000_000)
}

/// Sends something to oneself, and acknowledges it.
async fn send(store: Store, own: Registration) {
    let member = Member {
        user: own.user.id,
        organization: own.organization.id,
        role: Role::Owner,
        session: own.session.id,
    };
    let mailbox = Mailbox {
        organization: member.organization,
        user: member.user,
    };
    let draft = Draft {
        client: Id::at(now()),
        to: member.user,
        device: EVERY,
        kind: Kind::default(),
        content: Content::parse("AAAA").unwrap(),
    };
    store.mail.post(&member, &draft, now(), 10).await.unwrap();
    let end = Seq::new(1_000).unwrap();
    store.mail.acknowledge(&mailbox, EVERY, end, now()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_somebody_holds_keeps_no_other_back() {
    let server = PostgresDatabase::create();
    let store = store(Database::open(&server.url(), 4).unwrap());
    let (ada, bob) = (somebody(now(), "ada"), somebody(now(), "bob"));
    for registration in [&ada, &bob] {
        store.users.register(registration).await.unwrap();
        send(store.clone(), registration.clone()).await;
    }
    let mut other = Conn::establish(&server.url()).unwrap();
    let hold = format!(
        "BEGIN; SELECT FROM mailboxes WHERE user_id = '{}' FOR UPDATE",
        ada.user.id
    );
    other.batch_execute(&hold).unwrap();
    let held = tokio::spawn(send(store.clone(), ada));
    let mut free = JoinSet::new();
    for _ in 0..20 {
        free.spawn(send(store.clone(), bob.clone()));
    }
    while let Some(done) = free.join_next().await {
        done.unwrap();
    }
    assert!(!held.is_finished());
    other.batch_execute("COMMIT").unwrap();
    held.await.unwrap();
}
