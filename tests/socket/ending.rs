//! How the server ends sockets, and why.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenon_accounts::{AccessTokens, Claims, Email, Identity};
use tenon_crypto::{JwtConfig, JwtTokens};
use tenon_kernel::{Clock, Id, Role};
use tenon_local::SystemClock;
use tenon_tests::app::{JWT_SECRET, OPERATOR_PASSWORD, Person};
use tenon_tests::for_each_setup;
use tenon_tests::race::race;

/// A token of `person` that is good for so long.
fn token_for(person: &Person, life: Duration) -> String {
    let signer = JwtTokens::new(&JwtConfig {
        issuer: "tenon".into(),
        audience: "tenon".into(),
        keys: vec![JWT_SECRET.into()],
        operator_password: OPERATOR_PASSWORD.into(),
    });
    let now = SystemClock::default().now();
    let claims = Claims {
        id: Id::at(now),
        session: person.session.parse().unwrap(),
        identity: Identity::Member {
            user: person.id.parse().unwrap(),
            organization: person.organization.parse().unwrap(),
            role: Role::Owner,
            email: Email::parse(&person.email).unwrap(),
        },
        issued_at: now,
        expires_at: now.plus(life),
    };
    signer.unwrap().sign(&claims).unwrap().expose().to_owned()
}

async fn socket(client: &tenon_tests::app::Client) -> tenon_tests::app::Socket {
    let bearer = format!("Bearer {}", client.token());
    let mut socket = client
        .handshake("/api/ws", &[("authorization", &bearer)])
        .await
        .ok()
        .unwrap();
    assert_eq!(socket.next().await["type"], "welcome");
    socket
}

for_each_setup!(
    a_socket_lives_as_long_as_its_token_unless_it_gets_a_fresh_one,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let short = ada.with_token(&token_for(&ada, Duration::from_secs(2)));
        let (mut ends, mut goes_on) = (socket(&short).await, socket(&short).await);
        let fresh = goes_on.ok(json!({ "type": "auth", "token": ada.token() })).await;
        assert!(
            tenon_tests::app::is_stamp(fresh["expiresAt"].as_str().unwrap()),
            "{fresh}"
        );
        let bob = app.register("bob").await;
        let foreign = json!({ "type": "auth", "token": bob.token() });
        assert_eq!(goes_on.refused(foreign).await, "token_for_another");
        assert_eq!(ends.closed().await, (4401, "the access token has expired".to_owned()));
        assert_eq!(goes_on.ask(json!({ "type": "ping" })).await["type"], "pong");
    }
);

for_each_setup!(a_socket_without_a_sign_of_life_is_ended, |setup| {
    let options = setup.options().set("TENON__SOCKETS__HEARTBEAT_SECONDS", "1");
    let app = options.set("TENON__SOCKETS__DEAD_SECONDS", "3").start().await;
    let ada = app.register("ada").await;
    let (mut answers, silent) = (ada.socket().await, ada.socket().await);
    let mut silent = silent.into_inner();
    // It answers pings by itself, as long as it is read.
    assert!(answers.is_silent(Duration::from_secs(6)).await);
    assert_eq!(answers.ask(json!({ "type": "ping" })).await["type"], "pong");
    let mut bytes = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut silent, &mut bytes)
        .await
        .unwrap();
    let (ping, close) = bytes.split_at(2);
    assert_eq!(ping, [0x89, 0]);
    assert_eq!(close[2..4], 4408_u16.to_be_bytes());
});

for_each_setup!(an_instance_that_stops_tells_its_sockets_where_to_go, |setup| {
    let mut app = setup.options().set("TENON__SOCKETS__PER_USER", "100").start().await;
    let ada = app.register("ada").await;
    let sockets = race((0..40).map(|_| {
        let ada = ada.clone();
        async move { ada.socket().await }
    }));
    let sockets = sockets.await;
    let readers: Vec<_> = sockets
        .into_iter()
        .map(|mut socket| {
            tokio::spawn(async move {
                let drain: Value = socket.next_of("drain").await;
                assert!(drain["retryAfterMs"].as_u64().unwrap() <= 2000, "{drain}");
                let told = Instant::now();
                assert_eq!(
                    socket.closed().await,
                    (1012, "the instance is about to stop".to_owned())
                );
                told
            })
        })
        .collect();
    let begin = Instant::now();
    assert_eq!(app.stop().await, Some(0), "{}", app.log());
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    let mut told = Vec::new();
    for reader in readers {
        told.push(reader.await.unwrap());
    }
    let spread = *told.iter().max().unwrap() - *told.iter().min().unwrap();
    assert!(spread > Duration::from_millis(500), "all were told within {spread:?}");
});

for_each_setup!(
    a_socket_that_does_not_read_does_not_keep_an_instance_from_stopping,
    |setup| {
        let mut app = setup
            .options()
            .set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000")
            .start()
            .await;
        let ada = app.register("ada").await;
        let stuck = ada.socket().await.into_inner();
        let mut speaker = ada.socket().await;
        let data = json!("x".repeat(30_000));
        for _ in 0..400 {
            speaker.publish(&ada.room(), "said", &data).await;
        }
        drop(speaker);
        let begin = Instant::now();
        assert_eq!(app.stop().await, Some(0), "{}", app.log());
        assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
        drop(stuck);
    }
);
