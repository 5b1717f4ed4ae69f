//! Refresh tokens: rotation, the grace for a lost answer, and reuse.

use std::collections::HashSet;

use tenon_tests::app::{Answer, Person, Setup};
use tenon_tests::databases::psql;
use tenon_tests::for_each_setup;
use tenon_tests::race::race;

fn refresh_token(answer: &Answer) -> String {
    answer.json()["refreshToken"].as_str().unwrap().to_owned()
}

for_each_setup!(refreshing_gives_a_new_pair_in_the_same_session, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let again = ada.refreshed().await;
    assert_eq!((&again.session, &again.id), (&ada.session, &ada.id));
    assert_ne!(again.refresh_token, ada.refresh_token);
    assert_ne!(again.token(), ada.token());
    again.me().await.expect(200);
    ada.me().await.expect(200);
    for token in ["", "x", "plum", &"a".repeat(43), ada.token()] {
        app.anonymous()
            .refresh_with(token)
            .await
            .problem(401, "refresh_token_invalid");
    }
});

for_each_setup!(fifty_refreshes_at_once_with_one_token_give_one_live_child, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let racers = (0..50).map(|_| {
        let ada = ada.clone();
        async move { ada.refresh().await.expect(200) }
    });
    let answers = race(racers).await;
    let children: HashSet<String> = answers.iter().map(refresh_token).collect();
    assert_eq!(children.len(), 1, "every answer carries the same child");
    let child = Person::of(&ada.without_token(), &answers[0].json());
    let grandchild = child.refreshed().await;
    grandchild.me().await.expect(200);
    assert_eq!(grandchild.all("/api/auth/sessions").await.len(), 1);
});

for_each_setup!(a_lost_answer_is_given_again_until_the_child_is_used, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let first = ada.refresh().await.expect(200);
    let second = ada.refresh().await.expect(200);
    assert_eq!(refresh_token(&first), refresh_token(&second));
    let child = Person::of(&ada.without_token(), &second.json());
    let grandchild = child.refreshed().await;
    ada.refresh().await.problem(401, "refresh_token_reused");
    grandchild.refresh().await.problem(401, "refresh_token_invalid");
});

/// On Postgres alone: the embedded database has no client to set a time back with.
#[tokio::test]
async fn a_lost_answer_that_is_asked_for_after_ten_seconds_ends_the_session() {
    let app = Setup::PostgresWithRedis.start().await;
    let ada = app.register("ada").await;
    let child = ada.refreshed().await;
    let earlier = |seconds: u32| {
        let change = format!("UPDATE refresh_tokens SET used_at = used_at - interval '{seconds} seconds'");
        psql(app.database().url(), &change);
    };
    earlier(8);
    assert_eq!(refresh_token(&ada.refresh().await.expect(200)), child.refresh_token);
    earlier(3);
    ada.refresh().await.problem(401, "refresh_token_reused");
    child.me().await.problem(401, "token_invalid");
}

for_each_setup!(
    an_older_token_used_again_ends_the_session_and_its_access_tokens,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let phone = ada.sign_in().await;
        let child = ada.refreshed().await;
        let grandchild = child.refreshed().await;
        ada.refresh().await.problem(401, "refresh_token_reused");
        for dead in [&ada, &child, &grandchild] {
            dead.me().await.problem(401, "token_invalid");
            dead.refresh().await.problem(401, "refresh_token_invalid");
        }
        phone.me().await.expect(200);
        phone.refreshed().await.me().await.expect(200);
    }
);

for_each_setup!(tokens_of_an_ended_session_do_not_come_back_after_a_restart, |setup| {
    let mut app = setup.start().await;
    let ada = app.register("ada").await;
    let (phone, bob) = (ada.sign_in().await, app.register("bob").await);
    ada.end_session(&phone.session).await.expect(204);
    app.restart().await;
    phone.me().await.problem(401, "token_invalid");
    phone.refresh().await.problem(401, "refresh_token_invalid");
    ada.me().await.expect(200);
    ada.refreshed().await.me().await.expect(200);
    bob.me().await.expect(200);
});

for_each_setup!(two_instances_that_race_for_one_token_agree_on_the_child, |setup| {
    let app = setup.start().await;
    let other = app.another(&[]).await;
    let ada = app.register("ada").await;
    let racers = (0..20).map(|number| {
        let anonymous = if number % 2 == 0 {
            app.anonymous()
        } else {
            other.anonymous()
        };
        let token = ada.refresh_token.clone();
        async move { anonymous.refresh_with(&token).await.expect(200) }
    });
    let children: HashSet<String> = race(racers).await.iter().map(refresh_token).collect();
    assert_eq!(children.len(), 1);
});

for_each_setup!(
    tabs_of_somebody_without_an_organization_found_one_between_them,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        ada.delete_organization(&ada.organization, "*").await.expect(204);
        let tabs = (0..6).map(|_| {
            let (tab, token) = (app.anonymous(), ada.refresh_token.clone());
            async move { tab.refresh_with(&token).await }
        });
        let answers: Vec<_> = race(tabs)
            .await
            .into_iter()
            .map(|answer| answer.expect(200).json())
            .collect();
        let founded = &answers[0]["organization"]["id"];
        assert!(
            answers.iter().all(|answer| answer["organization"]["id"] == *founded),
            "{answers:?}"
        );
        let tab = app.anonymous().with_token(answers[0]["accessToken"].as_str().unwrap());
        let mine = tab.organizations().await.expect(200).json();
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    }
);
