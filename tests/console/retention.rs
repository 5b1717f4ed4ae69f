//! How long messages are kept.

use reqwest::Method;
use serde_json::json;
use tenon_tests::app::{Answer, Person, letter};

use super::desk::Desk;

fn path(person: &Person) -> String {
    format!("/api/orgs/{}/message-retention", person.organization)
}

/// Says it without the console.
async fn say(person: &Person, policy: &serde_json::Value) -> Answer {
    let call = person.call(Method::PUT, &path(person)).header("if-match", "*");
    call.json(policy).send().await
}

story!(
    SqliteAlone,
    an_admin_says_how_long_messages_are_kept_and_a_member_reads_it,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = app.colleagues().await;
        bob.send_message(&letter(&ada, "gone soon")).await.expect(201);
        for person in [&ada, &bob] {
            let mail = person.mail("").await.expect(200).json();
            person.acknowledge(&mail["cursor"]).await.expect(200);
        }
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.go("/organizations", "Organizations").await;
        desk.see("It was never changed.").await;
        desk.wait("!desk.control('Days')").await;
        desk.choose("Messages are kept", "acknowledged").await;
        desk.click("Save").await;
        desk.see("nothing brings it back").await;
        desk.click("Save").await;
        desk.see("How long messages are kept is changed.").await;
        desk.click("Delete what is kept no longer").await;
        desk.click("Delete now").await;
        // The server may have done it by itself meanwhile.
        desk.wait("/(One message is|0 messages are) deleted/.test(document.body.innerText)")
            .await;
        let left = ada.history_with(&bob, "").await.expect(200).json();
        assert_eq!(left["items"], json!([]));

        desk.expect_refusal(412);
        say(&ada, &json!({ "policy": "days", "days": 45 })).await.expect(200);
        desk.choose("Messages are kept", "keep").await;
        desk.click("Save").await;
        desk.wait("document.querySelector('#notices [role=alert] .request-id')")
            .await;
        desk.wait("desk.control('Days')?.value === '45'").await;
        desk.fill("Days", "46").await;
        desk.click("Save").await;
        desk.see("For 46 days after they were sent.").await;
        desk.click("Save").await;
        desk.wait("!document.querySelector('dialog')").await;
        // The button is busy until it is saved.
        desk.at("Organizations").await;
        let kept = ada.get(&path(&ada)).await.expect(200).json();
        assert_eq!((&kept["policy"], &kept["days"]), (&json!("days"), &json!(46)));

        desk.click("Sign out").await;
        desk.sign_in(&bob).await;
        desk.see("ada's team · member").await;
        desk.go("/organizations", "Organizations").await;
        desk.see("For 46 days after they were sent.").await;
        assert_eq!(
            desk.browser
                .evaluate("Boolean(desk.control('Messages are kept'))")
                .await,
            false
        );
        desk.leave().await;
    }
);
