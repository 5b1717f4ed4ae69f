//! A refresh token that is used more than once.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;
use tenon_tests::app::{Answer, Options, Person, Setup};
use tenon_tests::race::race;

use tenon_tests::waiting::until;

const LIMIT: Duration = Duration::from_secs(5);

async fn fifty_at_once_then_a_reuse(options: Options) {
    let one = options.start().await;
    let other = one.another(&[]).await;
    let ada = one.register("ada").await;

    let refreshes = (0..50).map(|number| {
        let client = ada.without_token().at(if number % 2 == 0 { &one } else { &other });
        let token = ada.refresh_token.clone();
        async move { client.refresh_with(&token).await }
    });
    let answers: Vec<Value> = race(refreshes)
        .await
        .into_iter()
        .map(|answer| answer.expect(200).json())
        .collect();
    let children: HashSet<&str> = answers
        .iter()
        .map(|answer| answer["refreshToken"].as_str().unwrap())
        .collect();
    assert_eq!(children.len(), 1, "the token has more than one child");
    let people: Vec<Person> = answers
        .iter()
        .map(|answer| Person::of(&ada.without_token(), answer))
        .collect();
    for person in &people {
        person.at(&other).me().await.expect(200);
    }

    // The child is used, so that the parent is no longer the immediate one: whoever presents it now has a copy.
    let grandchild = people[0].refreshed().await;
    ada.refresh().await.problem(401, "refresh_token_reused");
    let refused = |answer: Answer| answer.problem(401, "refresh_token_invalid");
    refused(grandchild.refresh().await);
    refused(people[0].at(&other).refresh_with(&people[0].refresh_token).await);
    for person in people.iter().chain([&ada, &grandchild]) {
        person.me().await.problem(401, "token_invalid");
        let there = person.at(&other);
        until("the session ends", LIMIT, async || there.me().await.status == 401).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_at_once_have_one_child_and_a_later_reuse_ends_the_session_everywhere_with_redis() {
    fifty_at_once_then_a_reuse(Setup::PostgresWithRedis.options()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_at_once_have_one_child_and_a_later_reuse_ends_the_session_everywhere_without_redis() {
    fifty_at_once_then_a_reuse(Setup::PostgresWithRedis.options().without_redis()).await;
}
