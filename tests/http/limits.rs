//! Rate limits: how many, who shares them, and what is exempt.

use std::time::Duration;

use serde_json::json;
use tenon_tests::app::{Answer, Client, PASSWORD, Setup, TestApp, address};
use tenon_tests::for_each_setup;
use tenon_tests::race::{Runner, race, runner};
use tenon_tests::waiting::{until, until_ok};

/// Far more than anything takes that is waited for here.
const PATIENCE: Duration = Duration::from_secs(15);

/// How far the clocks and the pace of a busy machine may move a number of seconds.
const SLACK: u64 = 3;

#[track_caller]
fn standing(answer: &Answer) -> [u64; 3] {
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| answer.header(name).parse().unwrap())
}

/// Every number of an answer to one who asked `asked` times of `limit` a minute.
#[track_caller]
fn stands(answer: &Answer, limit: u64, asked: u64) {
    let [told, remaining, reset] = standing(answer);
    assert_eq!(
        (told, answer.header("ratelimit-policy")),
        (limit, format!("{limit};w=60").as_str())
    );
    assert_eq!(remaining, limit.saturating_sub(asked), "{}", answer.asked);
    let expected = 60 * asked.min(limit) / limit;
    assert!(
        reset <= expected + 1 && reset + SLACK >= expected,
        "{reset} of {expected}"
    );
}

for_each_setup!(the_sixth_sign_in_of_a_minute_is_refused_with_every_header, |setup| {
    let app = setup.options().limits(5, 100).start().await;
    let client = app.anonymous();
    let email = address("nobody");
    for asked in 1..=5 {
        let answer = client.login(&format!("{asked}.{email}"), PASSWORD).await;
        answer.problem(401, "invalid_credentials");
        stands(&answer, 5, asked);
    }
    let refused = client.login(&email, PASSWORD).await;
    refused.problem(429, "rate_limited");
    stands(&refused, 5, 6);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((12 - SLACK..=12).contains(&wait), "{wait}");
    let body = json!({ "email": email, "password": PASSWORD, "displayName": "N" });
    client.register(&body).await.problem(429, "rate_limited");
    client.health().await.expect(200);
    app.anonymous().register(&body).await.expect(201);
});

for_each_setup!(one_account_is_tried_five_times_a_minute_from_wherever, |setup| {
    let app = setup.options().limits(5, 100).start().await;
    let ada = app.register("ada").await;
    for _ in 0..5 {
        app.anonymous().login(&ada.email, PASSWORD).await.expect(200);
    }
    let refused = app.anonymous().login(&ada.email, PASSWORD).await;
    refused.problem(429, "rate_limited");
    stands(&refused, 5, 6);
    assert!(refused.headers.contains_key("retry-after"));
    ada.at(&app)
        .change_password(PASSWORD, "violet-harbor-43")
        .await
        .problem(429, "rate_limited");
    app.register("bob").await.sign_in().await;
});

for_each_setup!(
    a_principal_asks_as_often_as_configured_and_an_address_without_one_too,
    |setup| {
        let app = setup.options().limits(100, 10).start().await;
        let (ada, bob) = (app.register("ada").await, app.register("bob").await);
        for asked in 1..=10 {
            let answer = ada.me().await.expect(200);
            stands(&answer, 10, asked);
        }
        let refused = ada.assets("").await;
        refused.problem(429, "rate_limited");
        ada.sign_in().await.me().await.problem(429, "rate_limited");
        bob.me().await.expect(200);
        let anonymous = app.anonymous();
        for _ in 0..10 {
            anonymous.me().await.problem(401, "token_missing");
        }
        anonymous.refresh_with("x").await.problem(429, "rate_limited");
        anonymous.get("/nowhere").await.problem(429, "rate_limited");
        anonymous.with_token("junk").me().await.problem(429, "rate_limited");
        anonymous.with_token(bob.token()).me().await.expect(200);
    }
);

for_each_setup!(health_and_the_openapi_document_are_exempt, |setup| {
    let app = setup.options().limits(1, 1).start().await;
    let client = app.anonymous();
    for path in [
        "/api/health",
        "/api/health/live",
        "/api/health/ready",
        "/api/openapi.json",
        "/api/setup",
    ] {
        for _ in 0..5 {
            let answer = client.get(path).await.expect(200);
            assert!(
                !answer.headers.keys().any(|name| name.as_str().starts_with("ratelimit")),
                "{path}"
            );
        }
    }
    client.me().await.problem(401, "token_missing");
    client.me().await.problem(429, "rate_limited");
    client.health().await.expect(200);
});

for_each_setup!(a_quota_refills_evenly, |setup| {
    let app = setup.options().limits(100, 60).start().await;
    let ada = app.register("ada").await;
    until("the quota is used up", PATIENCE, async || ada.me().await.status == 429).await;
    until("a request is free again", Duration::from_secs(3), async || {
        ada.me().await.status == 200
    })
    .await;
});

for_each_setup!(a_stranger_does_not_choose_the_address_that_is_counted, |setup| {
    let app = setup
        .options()
        .own_redis()
        .limits(3, 100)
        .set("TENON__PROXIES__TRUSTED", "")
        .start()
        .await;
    for _ in 0..3 {
        app.anonymous()
            .login(&address("nobody"), PASSWORD)
            .await
            .problem(401, "invalid_credentials");
    }
    app.anonymous()
        .login(&address("nobody"), PASSWORD)
        .await
        .problem(429, "rate_limited");
});

async fn refusals(clients: [Client; 2], times: usize) -> usize {
    let mut refused = 0;
    for number in 0..times {
        refused += usize::from(clients[number % 2].me().await.status == 429);
    }
    refused
}

#[tokio::test]
async fn instances_share_limits_through_redis() {
    let app = Setup::PostgresWithRedis.options().limits(5, 20).start().await;
    let other: TestApp = app.another(&[]).await;
    let ada = app.register("ada").await;
    let refused = refusals([(*ada).clone(), ada.at(&other)], 30).await;
    assert!(
        (7..=10).contains(&refused),
        "{refused}: one more is free every 3 seconds"
    );
    let client = app.anonymous();
    let there = client.at(&other);
    for number in 0..5 {
        let client = if number % 2 == 0 { &client } else { &there };
        client
            .login(&address("nobody"), PASSWORD)
            .await
            .problem(401, "invalid_credentials");
    }
    there
        .login(&address("nobody"), PASSWORD)
        .await
        .problem(429, "rate_limited");
    let eve = app.register("eve").await;
    for client in [app.anonymous(), other.anonymous(), app.anonymous(), other.anonymous()] {
        client
            .login(&eve.email, "plum-harbor-43")
            .await
            .problem(401, "invalid_credentials");
    }
    other
        .anonymous()
        .login(&eve.email, PASSWORD)
        .await
        .problem(429, "login_backoff");
}

#[tokio::test]
async fn instances_count_for_themselves_without_redis() {
    let options = Setup::SqliteAlone.options().limits(5, 20);
    let app = options.start().await;
    let other = app.another(&[]).await;
    let ada = app.register("ada").await;
    assert_eq!(refusals([(*ada).clone(), ada.at(&other)], 40).await, 0);
}

#[tokio::test]
async fn limits_go_on_in_process_while_redis_is_gone_and_health_says_so() {
    let app = Setup::PostgresWithRedis
        .options()
        .own_redis()
        .limits(100, 30)
        .start()
        .await;
    let ada = app.register("ada").await;
    ada.me().await.expect(200);
    app.redis().unwrap().lock().stop().unwrap();
    let mut refused = 0;
    for _ in 0..40 {
        refused += usize::from(ada.me().await.status == 429);
    }
    assert!((1..=11).contains(&refused), "{refused}");
    let health = until_ok("health notices", PATIENCE, async || {
        let health = app.anonymous().health().await;
        if health.status == 503 {
            Ok(health.json())
        } else {
            Err(health.text())
        }
    })
    .await;
    assert_eq!(
        health["services"]["redis"],
        json!({ "status": "down", "rateLimits": "process" })
    );
    app.anonymous().get("/api/health/ready").await.expect(200);
}

/// With the cost of a hash in production, one thread to hash, and two that may wait.
#[tokio::test]
async fn a_flood_of_sign_ins_is_told_to_wait_and_nobody_else_notices() {
    let options = Setup::SqliteAlone
        .options()
        .set("TENON__AUTH__ARGON2_MEMORY_KIB", "65536");
    let options = options
        .set("TENON__AUTH__HASHING_THREADS", "1")
        .set("TENON__AUTH__HASHING_QUEUE", "2");
    let app = options.start().await;
    let ada = app.register("ada").await;
    let mut flood: Vec<Runner<Answer>> = Vec::new();
    for number in 0..20 {
        let (client, email) = (app.anonymous(), format!("{number}.{}", ada.email));
        flood.push(runner(async move { client.login(&email, PASSWORD).await }));
    }
    let other = ada.clone();
    flood.push(runner(async move { other.me().await }));
    let mut answers = race(flood).await;
    answers.pop().unwrap().expect(200);
    let (busy, tried): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 503);
    // The thread goes last for processor time, so all of the flood may come before it begins with one.
    assert!(
        !busy.is_empty() && tried.len() >= 2,
        "{} of 20 were refused",
        busy.len()
    );
    for answer in busy {
        answer.problem(503, "busy");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
    for answer in tried {
        answer.problem(401, "invalid_credentials");
    }
}
