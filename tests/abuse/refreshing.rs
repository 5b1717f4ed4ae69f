use std::collections::HashSet;

use serde_json::Value;
use tenon_tests::app::{Answer, Person};
use tenon_tests::race::race;

use crate::siege::{Siege, options};

/// So few that all come within the ten seconds in which a lost answer is given again, on a busy machine, too.
const REFRESHES: usize = 30;

/// The requests at once, and the copies of their answers.
const GROWTH: u64 = 32;

fn child(answer: &Answer) -> Value {
    answer.json()["refreshToken"].clone()
}

async fn storm(person: &Person) -> Vec<Answer> {
    let storm = (0..REFRESHES).map(|_| {
        let person = person.clone();
        async move { person.refresh().await }
    });
    race(storm.collect::<Vec<_>>()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_refreshes_bends_no_rule() {
    let siege = Siege::begin(options()).await;
    let bob = siege.app.register("bob").await;
    let phone = bob.sign_in().await;

    let answers = storm(&bob).await;
    let children: HashSet<String> = answers.iter().map(|answer| child(answer).to_string()).collect();
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(children.len(), 1, "one token has one child");

    // The child is used, so that the parent was stolen from somebody: by whoever comes second.
    let grandchild = Person::of(&bob.without_token(), &answers[0].json()).refreshed().await;
    for answer in storm(&bob).await {
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
    grandchild.me().await.problem(401, "token_invalid");
    grandchild.refresh().await.problem(401, "refresh_token_invalid");
    phone.refreshed().await.me().await.expect(200);

    let guesses = (0..REFRESHES).map(|number| {
        let anybody = siege.app.anonymous();
        async move { anybody.refresh_with(&format!("{number:043}")).await }
    });
    for answer in race(guesses.collect::<Vec<_>>()).await {
        answer.problem(401, "refresh_token_invalid");
    }
    siege
        .end(
            "30 refreshes of one token at once, of a used one, and of guessed ones",
            "one child; then the session ends",
            GROWTH,
        )
        .await;
}
