use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tenon_accounts::Registration;
use tenon_kernel::{Id, Limit, Member, Role, Timestamp};
use tenon_messages::{Content, DeviceId, Draft, Kind, Mailbox, Seq};
use tokio::task::JoinSet;

use crate::Store;
use crate::postgres::exchange::Exchange;
use crate::postgres::{Conn, Database, store};
use crate::testing::{PostgresDatabase, somebody};

const EVERY: DeviceId = DeviceId::SIMPLE;

fn now() -> Timestamp {
    Timestamp::from_micros(1_767_225_600_000_000)
}

fn member(own: &Registration) -> Member {
    Member {
        user: own.user.id,
        organization: own.organization.id,
        role: Role::Owner,
        session: own.session.id,
    }
}

fn mailbox(own: &Registration) -> Mailbox {
    Mailbox {
        organization: own.organization.id,
        user: own.user.id,
    }
}

/// Something to oneself: nobody else is a member.
fn draft(own: &Registration) -> Draft {
    Draft {
        client: Id::at(now()),
        to: own.user.id,
        device: EVERY,
        kind: Kind::default(),
        content: Content::parse("AAAA").unwrap(),
    }
}

async fn send(store: Store, own: Registration) {
    let (member, mailbox, draft) = (member(&own), mailbox(&own), draft(&own));
    store.mail.post(&member, &draft, now(), 10).await.unwrap();
    let end = Seq::new(1_000).unwrap();
    store.mail.acknowledge(&mailbox, EVERY, end, now()).await.unwrap();
}

#[derive(QueryableByName)]
struct Blocked {
    #[diesel(sql_type = BigInt)]
    count: i64,
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
    let first = tokio::spawn(send(store.clone(), ada.clone()));
    let blocked =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while diesel::sql_query(blocked)
        .get_result::<Blocked>(&mut other)
        .unwrap()
        .count
        == 0
    {
        tokio::task::yield_now().await;
    }
    // What comes while a batch waits goes into the next one.
    let second = tokio::spawn(send(store.clone(), ada));
    let mut free = JoinSet::new();
    for _ in 0..20 {
        free.spawn(send(store.clone(), bob.clone()));
    }
    while let Some(done) = free.join_next().await {
        done.unwrap();
    }
    assert!(!first.is_finished() && !second.is_finished());
    other.batch_execute("COMMIT").unwrap();
    first.await.unwrap();
    second.await.unwrap();
}

#[tokio::test]
async fn what_is_usual_needs_nobody_to_do_it_alone() {
    let server = PostgresDatabase::create();
    let database = Database::open(&server.url(), 2).unwrap();
    let (exchange, ada) = (Exchange::new(&database), somebody(now(), "ada"));
    store(database).users.register(&ada).await.unwrap();
    let (member, draft) = (member(&ada), draft(&ada));
    let sent = exchange.post(&member, &draft, now(), 10).await.unwrap().unwrap();
    assert_eq!(sent.told, [ada.user.id]);
    let acknowledged = exchange
        .acknowledge(&mailbox(&ada), EVERY, sent.sent.seq, now())
        .await
        .unwrap();
    assert_eq!(acknowledged.unwrap().up_to, sent.sent.seq);
    assert_eq!(exchange.post(&member, &draft, now(), 10).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_cannot_be_read_keeps_no_other_from_reading() {
    let server = PostgresDatabase::create();
    let database = Database::open(&server.url(), 1).unwrap();
    let (store, exchange) = (store(database.clone()), Exchange::new(&database));
    let (ada, bob) = (somebody(now(), "ada"), somebody(now(), "bob"));
    for registration in [&ada, &bob] {
        store.users.register(registration).await.unwrap();
        send(store.clone(), registration.clone()).await;
    }
    let unknown = format!(
        "UPDATE deliveries SET message_id = NULL, notice = '{{\"of\": \"unknown\"}}' WHERE user_id = '{}'",
        ada.user.id
    );
    Conn::establish(&server.url()).unwrap().batch_execute(&unknown).unwrap();
    // Both come while the only connection is taken, and are looked at together.
    let (release, released) = std::sync::mpsc::channel::<()>();
    let taken = tokio::spawn(async move {
        database
            .read(move |_| {
                let _ = released.recv();
                Ok(())
            })
            .await
    });
    tokio::task::yield_now().await;
    let (of_ada, of_bob) = (mailbox(&ada), mailbox(&bob));
    let look = |mailbox| exchange.after(mailbox, EVERY, Seq::START, Limit::default());
    let (of_ada, of_bob, ()) = tokio::join!(look(&of_ada), look(&of_bob), async { drop(release) });
    taken.await.unwrap().unwrap();
    of_ada.unwrap_err();
    assert_eq!(of_bob.unwrap().entries.len(), 1);
}
