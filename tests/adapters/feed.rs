use std::sync::Arc;

use redis::Cmd;
use tenon_accounts::{Claims, Email, Identity, Revocation, RevocationFeed, RevokedTokens, Subject};
use tenon_kernel::{Id, Role, Timestamp};
use tenon_redis::{RedisFeed, Subscription};
use tenon_tests::waiting::until;
use xtask::servers::Redis as Server;

use crate::counters::{PATIENCE, connect, seconds, url};

/// An instance that listens.
struct Instance {
    feed: RedisFeed,
    revoked: Arc<RevokedTokens>,
    subscription: Subscription,
}

impl Instance {
    async fn start(url: &str) -> Self {
        let feed = RedisFeed::new(connect(url).await);
        let revoked = Arc::new(RevokedTokens::default());
        let subscription = feed.subscribe(Arc::clone(&revoked));
        Self {
            feed,
            revoked,
            subscription,
        }
    }

    /// Announces until `listener` knows: before its subscription stands, a message is lost, which is no error.
    async fn reaches(&self, listener: &Self, revocation: Revocation, claims: &Claims) {
        until("the revocation on the other instance", PATIENCE, async || {
            self.feed.announce(&[revocation]).await;
            listener.revoked.covers(claims)
        })
        .await;
    }
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000)
}

fn claims() -> Claims {
    let identity = Identity::Member {
        user: Id::at(now()),
        organization: Id::at(now()),
        role: Role::Member,
        email: Email::parse("ada@example.com").unwrap(),
    };
    Claims {
        id: Id::at(now()),
        session: Id::at(now()),
        identity,
        issued_at: now(),
        expires_at: now().plus(seconds(900)),
    }
}

fn revocation(subject: Subject) -> Revocation {
    Revocation {
        subject,
        issued_until: now(),
        forget_at: now().plus(seconds(960)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_announced_by_one_instance_is_known_to_the_other() {
    let (one, other) = (Instance::start(&url()).await, Instance::start(&url()).await);
    let ended = claims();
    one.reaches(&other, revocation(Subject::Session(ended.session)), &ended)
        .await;
    let removed = claims();
    let Identity::Member { user, organization, .. } = removed.identity else {
        panic!("the claims are of a member")
    };
    other
        .reaches(&one, revocation(Subject::Membership(user, organization)), &removed)
        .await;
    assert!(!one.revoked.covers(&claims()) && !other.revoked.covers(&claims()));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_revocations_travel_in_one_announcement() {
    let (one, other) = (Instance::start(&url()).await, Instance::start(&url()).await);
    let all: Vec<Claims> = (0..500).map(|_| claims()).collect();
    let revocations: Vec<Revocation> = all
        .iter()
        .map(|claims| revocation(Subject::Session(claims.session)))
        .collect();
    until("the revocations", PATIENCE, async || {
        one.feed.announce(&revocations).await;
        all.iter().all(|claims| other.revoked.covers(claims))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_messages_are_ignored_and_the_next_ones_read() {
    let (one, other) = (Instance::start(&url()).await, Instance::start(&url()).await);
    let (first, second) = (claims(), claims());
    one.reaches(&other, revocation(Subject::Session(first.session)), &first)
        .await;
    let mut connection = raw(&url()).await;
    for garbage in [&b""[..], b"garbage", b"session \xff\xfe 1 2", b"{}", &[0; 100_000]] {
        let publish: Cmd = publish(garbage);
        let receivers: i64 = publish.query_async(&mut connection).await.unwrap();
        assert!(receivers > 0);
    }
    one.reaches(&other, revocation(Subject::Session(second.session)), &second)
        .await;
}

fn publish(payload: &[u8]) -> Cmd {
    let mut publish = Cmd::new();
    publish.arg("PUBLISH").arg("tenon:revocations").arg(payload);
    publish
}

async fn raw(url: &str) -> redis::aio::MultiplexedConnection {
    redis::Client::open(url)
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_comes_back_after_the_server_was_restarted() {
    let mut server = Server::start().unwrap();
    let (one, other) = (
        Instance::start(&server.url()).await,
        Instance::start(&server.url()).await,
    );
    let (before, after) = (claims(), claims());
    one.reaches(&other, revocation(Subject::Session(before.session)), &before)
        .await;
    server.kill().unwrap();
    let lost = claims();
    one.feed.announce(&[revocation(Subject::Session(lost.session))]).await;
    server.restart().unwrap();
    one.reaches(&other, revocation(Subject::Session(after.session)), &after)
        .await;
    assert!(!other.revoked.covers(&lost));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_subscription_leaves_the_channel() {
    let server = Server::start().unwrap();
    let instance = Instance::start(&server.url()).await;
    let mut connection = raw(&server.url()).await;
    let mut listeners = async || -> i64 { publish(b"").query_async(&mut connection).await.unwrap() };
    until("the subscription", PATIENCE, async || listeners().await == 1).await;
    drop(instance.subscription);
    until("the end of the subscription", PATIENCE, async || listeners().await == 0).await;
}
