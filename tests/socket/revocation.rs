//! What ends the sockets of somebody who may not be there any more, on every instance.

use std::time::{Duration, Instant};

use serde_json::json;
use tenon_tests::app::{Client, Ended, Options, PASSWORD, Person, Setup, Socket, TestApp, letter};
use tenon_tests::for_each_setup;
use tokio::join;

/// What is promised.
const LIMIT: Duration = Duration::from_secs(5);

const SESSION: (u16, &str) = (4401, "the session has ended");
const MEMBERSHIP: (u16, &str) = (4403, "your membership has changed: sign in again");

/// Where people have sockets: on one instance or on several.
#[derive(Clone, Copy)]
struct Everywhere<'a>(&'a [TestApp]);

impl Everywhere<'_> {
    /// A socket on each instance.
    async fn sockets(self, person: &Person) -> Vec<Socket> {
        let mut sockets = Vec::new();
        for app in self.0 {
            sockets.push(person.on(app).socket().await);
        }
        sockets
    }

    /// Fails unless all of them are closed for this reason in time, and none of these tokens opens another one.
    async fn assert_ended(self, what: &str, person: &Client, mut sockets: Vec<Socket>, expected: (u16, &str)) {
        let begin = Instant::now();
        for socket in &mut sockets {
            let (code, reason) = socket.closed().await;
            assert_eq!((code, reason.as_str()), expected, "{what}");
        }
        assert!(begin.elapsed() < LIMIT, "{what}: {:?}", begin.elapsed());
        for app in self.0 {
            let bearer = format!("Bearer {}", person.token());
            let again = person.at(app).handshake("/api/ws", &[("authorization", &bearer)]).await;
            again.err().unwrap().problem(401, "token_invalid");
        }
        eprintln!("{what}: {} sockets closed after {:?}", sockets.len(), begin.elapsed());
    }

    fn first(&self) -> &TestApp {
        &self.0[0]
    }
}

async fn assert_alive(sockets: &mut [Socket]) {
    for socket in sockets {
        assert_eq!(socket.ask(json!({ "type": "ping" })).await["type"], "pong");
    }
}

async fn a_session(all: Everywhere<'_>) {
    let ada = all.first().register("ada").await;
    let mut hers = all.sockets(&ada).await;
    let phone = ada.sign_in().await;
    let sockets = all.sockets(&phone).await;
    ada.end_session(&phone.session).await.expect(204);
    all.assert_ended("a session", &phone, sockets, SESSION).await;

    let laptop = ada.sign_in().await;
    let sockets = all.sockets(&laptop).await;
    laptop.logout().await.expect(204);
    all.assert_ended("a logout", &laptop, sockets, SESSION).await;
    assert_alive(&mut hers).await;
}

async fn every_session(all: Everywhere<'_>) {
    let ada = all.first().register("ada").await;
    let phone = ada.sign_in().await;
    let (hers, phones) = (all.sockets(&ada).await, all.sockets(&phone).await);
    ada.end_all_sessions().await.expect(204);
    join!(
        all.assert_ended("all sessions, the own", &ada, hers, SESSION),
        all.assert_ended("all sessions, another", &phone, phones, SESSION),
    );
}

async fn a_password(all: Everywhere<'_>) {
    let ada = all.first().register("ada").await;
    let phone = ada.sign_in().await;
    let (mut hers, phones) = (all.sockets(&ada).await, all.sockets(&phone).await);
    ada.change_password(PASSWORD, "quince-jetty-57").await.expect(204);
    all.assert_ended("a password", &phone, phones, SESSION).await;
    assert_alive(&mut hers).await;
}

async fn a_stolen_refresh_token(all: Everywhere<'_>) {
    let ada = all.first().register("ada").await;
    let child = ada.refreshed().await;
    let sockets = all.sockets(&child).await;
    child.refreshed().await;
    ada.refresh().await.problem(401, "refresh_token_reused");
    all.assert_ended("a reused refresh token", &child, sockets, SESSION)
        .await;
}

async fn an_account(all: Everywhere<'_>) {
    let ada = all.first().register("ada").await;
    let mut home = all.sockets(&ada).await;
    let bob = all.first().register("bob").await;
    let guest = ada.take_in(&bob, "member").await;
    let (his, away) = (all.sockets(&bob).await, all.sockets(&guest).await);
    let operator = all.first().operator().await;
    operator.disable_user(&bob.id, "*", true).await.expect(200);
    join!(
        all.assert_ended("a disabled account", &bob, his, SESSION),
        all.assert_ended("a disabled account elsewhere", &guest, away, SESSION),
    );
    assert_alive(&mut home).await;
}

async fn a_membership(all: Everywhere<'_>) {
    let ada = all.first().register("ada").await;
    let bob = all.first().register("bob").await;
    let guest = ada.take_in(&bob, "member").await;
    let (mut hers, mut home) = (all.sockets(&ada).await, all.sockets(&bob).await);
    let sockets = all.sockets(&guest).await;
    ada.change_role(&ada.organization, &bob.id, "*", "viewer")
        .await
        .expect(200);
    all.assert_ended("a role", &guest, sockets, MEMBERSHIP).await;

    let guest = guest.refreshed().await.switched_to(&ada.organization).await;
    let sockets = all.sockets(&guest).await;
    ada.remove_member(&ada.organization, &bob.id, "*").await.expect(204);
    all.assert_ended("a membership", &guest, sockets, MEMBERSHIP).await;
    assert_alive(&mut hers).await;
    assert_alive(&mut home).await;
}

async fn an_organization(all: Everywhere<'_>) {
    let ada = all.first().register("ada").await;
    let bob = all.first().register("bob").await;
    let guest = ada.take_in(&bob, "member").await;
    let (hers, his) = (all.sockets(&ada).await, all.sockets(&guest).await);
    let mut home = all.sockets(&bob).await;
    ada.delete_organization(&ada.organization, "*").await.expect(204);
    join!(
        all.assert_ended("an organization, its owner", &ada, hers, MEMBERSHIP),
        all.assert_ended("an organization, a guest", &guest, his, MEMBERSHIP),
    );
    assert_alive(&mut home).await;
}

/// Sends both frames at once, and fails if one of them is followed.
async fn assert_unheard(mut socket: Socket, frames: [serde_json::Value; 2], code: u16) {
    for frame in &frames {
        socket.send_raw(frame.to_string().into()).await;
    }
    loop {
        match socket.next_or_end().await {
            Ok(frame) => assert!(frame["type"] != "ok", "{frame}"),
            Err(Ended::Closed(ended, _)) => return assert_eq!(ended, code),
            Err(Ended::Broken) => panic!("no close frame"),
        }
    }
}

for_each_setup!(what_was_revoked_is_not_followed_any_more_where_that_was_done, |setup| {
    let app = setup.options().set("TENON__SOCKETS__PER_USER", "100").start().await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    for _ in 0..3 {
        let guest = ada.take_in(&bob, "member").await;
        let (first, second) = (guest.socket().await, guest.sign_in().await);
        let second = second.switched_to(&ada.organization).await;
        let signed_out = second.socket().await;
        let mut letter = letter(&ada, "late");
        letter["type"] = "message.send".into();
        let frames = [
            json!({ "type": "publish", "id": 1, "room": guest.room(), "event": "late", "data": {} }),
            letter,
        ];
        second.logout().await.expect(204);
        assert_unheard(signed_out, frames.clone(), 4401).await;
        ada.remove_member(&ada.organization, &bob.id, "*").await.expect(204);
        assert_unheard(first, frames, 4403).await;
    }
});

/// Everything on `instances` that share what the options say.
async fn revocations_end_sockets(options: Options, instances: usize) {
    let options = options.set("TENON__SOCKETS__PER_USER", "100");
    let apps = TestApp::start_together(options, instances).await;
    let all = Everywhere(&apps);
    join!(
        a_session(all),
        every_session(all),
        a_password(all),
        a_stolen_refresh_token(all),
        an_account(all),
        a_membership(all),
        an_organization(all),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_revoked_ends_its_sockets_within_5_seconds_on_sqlite_alone() {
    revocations_end_sockets(Setup::SqliteAlone.options(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_revoked_ends_its_sockets_within_5_seconds_on_two_instances_with_redis() {
    revocations_end_sockets(Setup::PostgresWithRedis.options(), 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_revoked_ends_its_sockets_within_5_seconds_on_two_instances_without_redis() {
    revocations_end_sockets(Setup::PostgresWithRedis.options().without_redis(), 2).await;
}
