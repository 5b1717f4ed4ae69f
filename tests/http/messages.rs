//! Messages by request: sending, the mailbox, conversations, and how long they are kept.

use reqwest::Method;
use serde_json::{Value, json};
use tenon_tests::app::{Person, letter, opened, sealed};
use tenon_tests::for_each_setup;
use uuid::Uuid;

fn texts(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(opened).collect()
}

for_each_setup!(the_mailbox_has_what_waits_until_it_is_acknowledged, |setup| {
    let app = setup.start().await;
    let (ada, bob) = app.colleagues().await;
    for text in ["a", "b", "c"] {
        ada.send_message(&letter(&bob, text)).await.expect(201);
    }
    let first = bob.mail("?limit=2").await.expect(200).json();
    assert_eq!(texts(&first), ["a", "b"]);
    let second = bob
        .mail(&format!("?after={}", first["cursor"]))
        .await
        .expect(200)
        .json();
    assert_eq!(texts(&second), ["c"]);
    assert_eq!(
        bob.acknowledge(&first["cursor"]).await.expect(200).json()["upTo"],
        first["cursor"]
    );
    assert_eq!(texts(&bob.mail("").await.expect(200).json()), ["c"]);
    bob.mail("?device=1").await.problem(404, "device_not_found");
    for query in ["?after=x", "?after=-1", "?device=x", "?limit=0"] {
        bob.mail(query).await.problem(400, "invalid_parameter");
    }
});

for_each_setup!(a_session_reads_no_copies_of_its_own_messages, |setup| {
    let app = setup.start().await;
    let (ada, bob) = app.colleagues().await;
    let other = ada.sign_in().await.switched_to(&ada.organization).await;
    ada.send_message(&letter(&bob, "from here")).await.expect(201);
    other.send_message(&letter(&bob, "from there")).await.expect(201);
    for text in ["a", "b"] {
        bob.send_message(&letter(&ada, text)).await.expect(201);
        ada.send_message(&letter(&bob, "answer")).await.expect(201);
    }
    let all = ada.mail("").await.expect(200).json();
    assert_eq!(texts(&all), ["from there", "a", "b"]);
    let theirs = other.mail("").await.expect(200).json();
    assert_eq!(texts(&theirs), ["from here", "a", "answer", "b", "answer"]);
    // Their places count all the same, so that whoever reads on does not stop there.
    assert_eq!(all["cursor"], theirs["cursor"]);
    let (mut read, mut after, mut pages) = (Vec::new(), json!(0), 0);
    loop {
        let page = ada.mail(&format!("?after={after}&limit=1")).await.expect(200).json();
        if page["cursor"] == after {
            break;
        }
        read.extend(texts(&page));
        after = page["cursor"].clone();
        pages += 1;
    }
    assert_eq!((read, pages), (texts(&all), 6));
    ada.acknowledge(&all["cursor"]).await.expect(200);
    let none = ada.mail("").await.expect(200).json();
    assert_eq!((texts(&none), &none["cursor"]), (Vec::new(), &all["cursor"]));
});

for_each_setup!(
    conversations_show_the_last_message_what_is_unread_and_all_of_it,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = app.colleagues().await;
        let cyd = ada.take_in(&app.register("cyd").await, "member").await;
        for number in 0..5 {
            ada.send_message(&letter(&bob, &number.to_string())).await.expect(201);
        }
        let answered = bob.send_message(&letter(&ada, "answer")).await.expect(201).json();
        cyd.send_message(&letter(&bob, "from cyd")).await.expect(201);
        let listed = bob.conversations().await.expect(200).json();
        let rows: Vec<_> = listed["items"].as_array().unwrap().iter().collect();
        assert_eq!(rows.len(), 2);
        assert_eq!((&rows[0]["user"], &rows[0]["unread"]), (&json!(cyd.id), &json!(1)));
        assert_eq!((&rows[1]["user"], &rows[1]["unread"]), (&json!(ada.id), &json!(5)));
        assert_eq!(rows[1]["lastMessage"]["id"], answered["id"]);
        let page = bob.history_with(&ada, "?limit=4").await.expect(200).json();
        assert_eq!(texts(&page), ["answer", "4", "3", "2"]);
        let next = format!("?limit=4&cursor={}", page["nextCursor"].as_str().unwrap());
        let rest = bob.history_with(&ada, &next).await.expect(200).json();
        assert_eq!(
            (texts(&rest), &rest["nextCursor"]),
            (vec!["1".to_owned(), "0".to_owned()], &Value::Null)
        );
        cyd.history_with(&ada, &next).await.problem(400, "invalid_cursor");
        ada.history_with(&bob, &next).await.problem(400, "invalid_cursor");
        bob.mark_read(&ada, &page["items"][2]["seq"]).await.expect(200);
        let listed = bob.conversations().await.expect(200).json();
        assert_eq!(listed["items"][1]["unread"], 1);
    }
);

for_each_setup!(nobody_reads_or_marks_what_others_exchange, |setup| {
    let app = setup.start().await;
    let (ada, alone) = (app.register("ada").await, app.register("bob").await);
    let bob = ada.take_in(&alone, "member").await;
    let eve = app.register("eve").await;
    let owner = ada.take_in(&app.register("cyd").await, "owner").await;
    let sent = ada.send_message(&letter(&bob, "x")).await.expect(201).json();
    for other in [&eve, &owner] {
        for peer in [&ada, &bob] {
            other
                .history_with(peer, "")
                .await
                .problem(404, "conversation_not_found");
            other
                .mark_read(peer, &sent["seq"])
                .await
                .problem(404, "conversation_not_found");
        }
        assert_eq!(other.mail("").await.expect(200).json()["items"], json!([]));
        assert_eq!(other.conversations().await.expect(200).json()["items"], json!([]));
        other.acknowledge(&sent["seq"]).await.expect(200);
    }
    eve.send_message(&letter(&ada, "x"))
        .await
        .problem(404, "member_not_found");
    // The same person in their own organization has another mailbox.
    let elsewhere = bob.switched_to(&alone.organization).await;
    assert_eq!(elsewhere.mail("").await.expect(200).json()["items"], json!([]));
    assert_eq!(bob.mail("").await.expect(200).json()["items"][0]["id"], sent["id"]);
});

for_each_setup!(what_is_no_message_is_refused_with_all_that_is_wrong, |setup| {
    let app = setup.start().await;
    let (ada, bob) = app.colleagues().await;
    let good = letter(&bob, "x");
    let with = |field: &str, value: Value| {
        let mut message = good.clone();
        message[field] = value;
        message
    };
    for (message, field, code) in [
        (with("clientId", json!("x")), "clientId", "invalid_id"),
        (with("clientId", Value::Null), "clientId", "required"),
        (with("to", json!("x")), "to", "invalid_id"),
        (with("content", json!("")), "content", "too_short"),
        (with("content", json!("A".repeat(98_308))), "content", "too_long"),
        (with("content", json!("AA")), "content", "invalid_base64"),
        (with("content", json!("AAA\u{a0}")), "content", "invalid_base64"),
        (with("kind", json!("")), "kind", "invalid_kind"),
        (with("device", json!(2_147_483_648_u64)), "device", "out_of_range"),
    ] {
        let problem = ada.send_message(&message).await.problem(400, "validation_failed");
        assert_eq!(problem.fields, [(field.to_owned(), code.to_owned())], "{field}");
    }
    ada.send_message(&with("device", json!(1)))
        .await
        .problem(404, "device_not_found");
    ada.send_message(&with("to", json!(Uuid::new_v4().to_string())))
        .await
        .problem(404, "member_not_found");
    let largest = with("content", json!(sealed(&"x".repeat(73_728))));
    assert_eq!(largest["content"].as_str().unwrap().len(), 98_304);
    ada.send_message(&largest).await.expect(201);
});

for_each_setup!(an_organization_decides_how_long_messages_are_kept, |setup| {
    let app = setup.start().await;
    let (ada, bob) = app.colleagues().await;
    let path = format!("/api/orgs/{}/message-retention", ada.organization);
    let purge = format!("/api/orgs/{}/messages/purge", ada.organization);
    let policy = ada.call(Method::GET, &path).send().await.expect(200);
    assert_eq!(
        policy.json(),
        json!({ "policy": "keep", "version": 1, "updatedAt": null })
    );
    let set = async |who: &Person, tag: &str, body: Value| {
        who.call(Method::PUT, &path)
            .header("if-match", tag)
            .json(&body)
            .send()
            .await
    };
    let gone = json!({ "policy": "acknowledged" });
    set(&bob, "*", gone.clone()).await.problem(403, "insufficient_role");
    let changed = set(&ada, "\"v1\"", gone.clone()).await.expect(200);
    assert_eq!(
        (changed.header("etag"), &changed.json()["policy"]),
        ("\"v2\"", &json!("acknowledged"))
    );
    set(&ada, "\"v1\"", gone).await.problem(412, "version_mismatch");
    for body in [
        json!({ "policy": "days" }),
        json!({ "policy": "days", "days": 0 }),
        json!({ "policy": "days", "days": 3651 }),
        json!({ "policy": "keep", "days": 1 }),
        json!({ "policy": "never" }),
        json!({}),
    ] {
        set(&ada, "*", body).await.problem(400, "validation_failed");
    }
    let sent = ada.send_message(&letter(&bob, "x")).await.expect(201).json();
    let purged = async |who: &Person| who.call(Method::POST, &purge).send().await;
    assert_eq!(purged(&ada).await.expect(200).json(), json!({ "purged": 0 }));
    bob.acknowledge(&sent["seq"]).await.expect(200);
    purged(&bob).await.problem(403, "insufficient_role");
    assert_eq!(purged(&ada).await.expect(200).json(), json!({ "purged": 1 }));
    let listed = bob.conversations().await.expect(200).json();
    assert_eq!(listed["items"][0]["lastMessage"], Value::Null);
    assert_eq!(bob.history_with(&ada, "").await.expect(200).json()["items"], json!([]));
});
