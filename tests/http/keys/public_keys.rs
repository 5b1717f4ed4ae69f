use serde_json::{Value, json};
use tenon_kernel::{Timestamp, UserId, Version};
use tenon_messages::DeviceId;
use tenon_messages::keys::{IdentityKey, KeyLogLine, LineNumber, LogEntry, genesis};
use tenon_tests::app::is_stamp;
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json, public_key};

use super::two;

for_each_setup!(a_public_key_is_given_read_by_ones_organization_and_changed, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    bob.own_public_key().await.problem(404, "public_key_not_found");
    ada.public_key(&bob.id).await.problem(404, "public_key_not_found");
    let key = public_key().to_string();
    let first = bob.publish(&key).await.expect(200).json();
    assert_eq!(
        first,
        json!({ "user": bob.id, "publicKey": key, "version": 1, "changedAt": first["changedAt"] })
    );
    assert!(is_stamp(first["changedAt"].as_str().unwrap()));
    assert_eq!(bob.publish(&key).await.expect(200).json(), first);
    for answer in [
        bob.own_public_key().await,
        bob.public_key(&bob.id).await,
        ada.public_key(&bob.id).await,
    ] {
        assert_eq!(answer.expect(200).json(), first);
    }
    let other = public_key().to_string();
    let second = bob.publish(&other).await.expect(200).json();
    assert_eq!((&second["publicKey"], &second["version"]), (&json!(other), &json!(2)));
    assert_eq!(ada.public_key(&bob.id).await.expect(200).json(), second);
    ada.own_public_key().await.problem(404, "public_key_not_found");
});

for_each_setup!(keys_of_another_organization_are_not_there, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let eve = app.register("eve").await;
    bob.publish(&public_key().to_string()).await.expect(200);
    bob.made_device(&device_json(&Owner::default().device(0..2))).await;
    let nobody = eve.session.as_str();
    for (who, user) in [(&eve, bob.id.as_str()), (&ada, eve.id.as_str()), (&ada, nobody)] {
        who.public_key(user).await.problem(404, "user_not_found");
        who.devices_of(user).await.problem(404, "user_not_found");
        who.key_log(user, "").await.problem(404, "user_not_found");
        who.claim(user).await.problem(404, "user_not_found");
        who.claim_of(user, 1).await.problem(404, "user_not_found");
    }
    assert_eq!(eve.key_changes("").await.expect(200).json()["items"], json!([]));
    assert_eq!(bob.prekeys(1).await.expect(200).json()["remaining"], 2);
    // In the organization that he left, nobody knows him any more.
    ada.remove_member(&ada.organization, &bob.id, "*").await.expect(204);
    ada.public_key(&bob.id).await.problem(404, "user_not_found");
});

fn bytes(base64: &Value) -> [u8; 32] {
    *IdentityKey::parse(base64.as_str().unwrap()).unwrap().as_bytes()
}

/// What comes after `last` and says what `line` says.
fn following(user: UserId, last: Option<&KeyLogLine>, line: &Value) -> KeyLogLine {
    let entry = LogEntry {
        kind: line["kind"].as_str().unwrap().parse().unwrap(),
        device: DeviceId::new(line["device"].as_u64().unwrap()).unwrap(),
        version: Version::new(line["version"].as_i64().unwrap()),
        keys: line["keys"].as_array().unwrap().iter().map(bytes).collect(),
        at: Timestamp::parse(line["at"].as_str().unwrap()).unwrap(),
    };
    match last {
        None => KeyLogLine::first(user, entry),
        Some(last) => KeyLogLine::after(last.number, last.hash, entry),
    }
}

for_each_setup!(the_key_log_is_a_chain_that_ends_with_the_current_keys, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let key = public_key().to_string();
    let device = Owner::default().device([]);
    bob.publish(&public_key().to_string()).await.expect(200);
    let number = bob.made_device(&device_json(&device)).await;
    bob.publish(&key).await.expect(200);
    bob.delete_device(number).await.expect(204);
    let whole = ada.key_log(&bob.id, "").await.expect(200).json();
    let lines = whole["items"].as_array().unwrap();
    let user: UserId = bob.id.parse().unwrap();
    let mut last: Option<KeyLogLine> = None;
    for line in lines {
        let expected = following(user, last.as_ref(), line);
        assert_eq!(line["number"], expected.number.0);
        assert_eq!(line["previous"], hex::encode(expected.previous));
        assert_eq!(line["hash"], hex::encode(expected.hash));
        last = Some(expected);
    }
    assert_eq!(lines[0]["previous"], hex::encode(genesis(user)));
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["public-key", "device-added", "public-key", "device-removed"]);
    let device_keys = json!([device.identity_key.to_string(), device.agreement_key.key.to_string()]);
    assert_eq!((&lines[1]["keys"], &lines[1]["device"]), (&device_keys, &json!(number)));
    assert_eq!((&lines[2]["keys"], &lines[2]["version"]), (&json!([key]), &json!(2)));
    assert_eq!((&whole["user"], &whole["next"]), (&json!(bob.id), &json!(4)));
    assert_eq!(last.unwrap().number, LineNumber(4));

    let page = ada.key_log(&bob.id, "?after=1&limit=2").await.expect(200).json();
    assert_eq!((&page["items"], &page["next"]), (&json!(lines[1..3]), &json!(3)));
    let end = ada.key_log(&bob.id, "?after=4").await.expect(200).json();
    assert_eq!((&end["items"], &end["next"]), (&json!([]), &json!(4)));
});

for_each_setup!(the_feed_of_changes_goes_on_from_where_it_was_left, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let start = ada.key_changes("").await.expect(200).json();
    assert_eq!(start, json!({ "items": [], "next": 0 }));
    ada.publish(&public_key().to_string()).await.expect(200);
    let number = bob.made_device(&device_json(&Owner::default().device([]))).await;
    let first = bob.key_changes("?after=0&limit=1").await.expect(200).json();
    let expected = |position: u64, user: &str, kind: &str, device: u64, at: &Value| {
        let version = u8::from(kind == "public-key");
        json!({
            "position": position, "user": user, "kind": kind, "device": device, "version": version, "at": at,
        })
    };
    let item = &first["items"][0];
    assert_eq!(*item, expected(1, &ada.id, "public-key", 0, &item["at"]));
    assert_eq!(first["next"], 1);
    bob.delete_device(number).await.expect(204);
    let rest = bob.key_changes("?after=1").await.expect(200).json();
    let items = rest["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0], expected(2, &bob.id, "device-added", number, &items[0]["at"]));
    assert_eq!(
        items[1],
        expected(3, &bob.id, "device-removed", number, &items[1]["at"])
    );
    assert_eq!(rest["next"], 3);
    assert_eq!(
        bob.key_changes("?after=3").await.expect(200).json(),
        json!({ "items": [], "next": 3 })
    );
});
