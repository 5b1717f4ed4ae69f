use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tenon_graph::{TokenError, Tokens, Verified};
use tenon_kernel::Clock;
use tenon_microsoft::{Addresses, PublishedKeys};

use crate::clock::TestClock;
use crate::server::{Reply, Server};
use crate::tokens::{CLIENT, Issuer, claims};

/// Which of the two keys are published, or what happens instead.
const FIRST: u8 = 1;
const BOTH: u8 = 2;
const FAILING: u8 = 3;
const SILENT: u8 = 4;
const MALFORMED: u8 = 5;
const ENDLESS: u8 = 6;
const ELSEWHERE: u8 = 7;

struct Scene {
    first: Issuer,
    second: Issuer,
    clock: Arc<TestClock>,
    keys: PublishedKeys,
    mode: Arc<AtomicU8>,
    server: Server,
}

impl Scene {
    async fn set(mode: u8) -> Self {
        let [first, second] = ["first", "second"].map(Issuer::new);
        let [one, two] = [first.jwk(), second.jwk()];
        let state = Arc::new(AtomicU8::new(mode));
        let mode = Arc::clone(&state);
        let server = Server::start(move |_, _| match mode.load(Ordering::SeqCst) {
            FIRST => Reply::json(200, &json!({"keys": [one]})),
            BOTH => Reply::json(200, &json!({"keys": [one, two]})),
            FAILING => Reply::json(500, &json!({})),
            SILENT => Reply::Never,
            MALFORMED => Reply::json(200, &json!({"keys": "none"})),
            ENDLESS => Reply::Now(200, Vec::new(), vec![b' '; 2 * 1024 * 1024]),
            ELSEWHERE => Reply::Now(302, vec![("Location", "/elsewhere".to_owned())], Vec::new()),
            other => panic!("{other}"),
        })
        .await;
        let clock = TestClock::new();
        let keys = PublishedKeys::new(server.addresses(), clock.clone()).unwrap();
        Self {
            first,
            second,
            clock,
            keys,
            mode: state,
            server,
        }
    }

    fn becomes(&self, mode: u8) {
        self.mode.store(mode, Ordering::SeqCst);
    }

    async fn verify(&self, issuer: &Issuer) -> Result<Vec<Verified>, TokenError> {
        let now = self.clock.now();
        let token = issuer.token(&claims(now));
        self.keys.verify(&[token], &[CLIENT.to_owned()], now).await
    }

    fn asked(&self) -> usize {
        self.server.requests().len()
    }
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

#[tokio::test]
async fn the_list_is_asked_for_once_a_day() {
    let scene = Scene::set(FIRST).await;
    for _ in 0..3 {
        scene.verify(&scene.first).await.unwrap();
    }
    scene.clock.forward(minutes(24 * 60 - 1));
    scene.verify(&scene.first).await.unwrap();
    assert_eq!(scene.asked(), 1);
    assert_eq!(scene.server.requests()[0].path, "/common/discovery/v2.0/keys");
    scene.clock.forward(minutes(1));
    scene.verify(&scene.first).await.unwrap();
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn many_at_once_ask_once() {
    let scene = Arc::new(Scene::set(FIRST).await);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let scene = Arc::clone(&scene);
        all.spawn(async move { scene.verify(&scene.first).await });
    }
    for outcome in all.join_all().await {
        outcome.unwrap();
    }
    assert_eq!(scene.asked(), 1);
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_and_again_after_five_minutes() {
    let scene = Scene::set(FIRST).await;
    scene.verify(&scene.first).await.unwrap();
    for _ in 0..3 {
        let outcome = scene.verify(&scene.second).await;
        assert!(matches!(outcome, Err(TokenError::Forged("kid"))), "{outcome:?}");
    }
    assert_eq!(scene.asked(), 1);
    scene.becomes(BOTH);
    scene.clock.forward(minutes(5));
    scene.verify(&scene.second).await.unwrap();
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn a_key_that_is_withdrawn_is_believed_no_longer() {
    let scene = Scene::set(BOTH).await;
    scene.verify(&scene.second).await.unwrap();
    scene.becomes(FIRST);
    scene.clock.forward(minutes(24 * 60));
    let outcome = scene.verify(&scene.second).await;
    assert!(matches!(outcome, Err(TokenError::Forged("kid"))), "{outcome:?}");
}

#[tokio::test]
async fn a_list_that_cannot_be_had_makes_no_forgery() {
    for mode in [FAILING, MALFORMED, ENDLESS, ELSEWHERE] {
        let scene = Scene::set(mode).await;
        let outcome = scene.verify(&scene.first).await;
        assert!(
            matches!(outcome, Err(TokenError::Unavailable(_))),
            "{mode}: {outcome:?}"
        );
        assert_eq!(scene.asked(), 1);
        scene.becomes(FIRST);
        scene.clock.forward(Duration::from_secs(5));
        scene.verify(&scene.first).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_asks_again_within_five_seconds_of_a_failure() {
    let scene = Scene::set(FAILING).await;
    for _ in 0..3 {
        let outcome = scene.verify(&scene.first).await;
        assert!(matches!(outcome, Err(TokenError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(scene.asked(), 1);
}

#[tokio::test]
async fn an_unknown_key_is_no_forgery_while_the_list_cannot_be_had() {
    let scene = Scene::set(FIRST).await;
    scene.verify(&scene.first).await.unwrap();
    scene.becomes(FAILING);
    scene.clock.forward(minutes(5));
    let outcome = scene.verify(&scene.second).await;
    assert!(matches!(outcome, Err(TokenError::Unavailable(_))), "{outcome:?}");
    scene.verify(&scene.first).await.unwrap();
}

#[tokio::test]
async fn known_keys_serve_for_a_second_day_when_the_list_cannot_be_had() {
    let scene = Scene::set(FIRST).await;
    scene.verify(&scene.first).await.unwrap();
    scene.becomes(FAILING);
    scene.clock.forward(minutes(24 * 60));
    // The first of these asks and fails, the second does not ask.
    scene.verify(&scene.first).await.unwrap();
    scene.verify(&scene.first).await.unwrap();
    assert_eq!(scene.asked(), 2);
    scene.clock.forward(minutes(24 * 60));
    let outcome = scene.verify(&scene.first).await;
    assert!(matches!(outcome, Err(TokenError::Unavailable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_silent_endpoint_is_given_up_after_five_seconds() {
    let scene = Scene::set(SILENT).await;
    let started = Instant::now();
    let outcome = scene.verify(&scene.first).await;
    assert!(matches!(outcome, Err(TokenError::Unavailable(_))), "{outcome:?}");
    let took = started.elapsed();
    assert!(
        took >= Duration::from_millis(4900) && took < Duration::from_secs(7),
        "{took:?}"
    );
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_unavailable_at_once() {
    let server = Server::start(|_, _| Reply::Never).await;
    let url = server.url.clone();
    drop(server);
    let clock = TestClock::new();
    let keys = PublishedKeys::new(Addresses::new(&url, &url, true).unwrap(), clock.clone()).unwrap();
    let started = Instant::now();
    let token = Issuer::new("first").token(&claims(clock.now()));
    let outcome = keys.verify(&[token], &[CLIENT.to_owned()], clock.now()).await;
    assert!(matches!(outcome, Err(TokenError::Unavailable(_))), "{outcome:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
}
