use std::collections::HashSet;

use serde_json::{Value, json};
use tenon_tests::app::{Answer, Setup};
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json, prekey_json, signed_json};
use tenon_tests::race::race;

use super::two;

for_each_setup!(a_claim_hands_out_what_it_takes_to_write_to_each_device, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let none = ada.claim(&bob.id).await.expect(200).json();
    assert_eq!(none, json!({ "user": bob.id, "devices": [] }));
    ada.claim_of(&bob.id, 1).await.problem(404, "device_not_found");
    let phone = Owner::default().device([4, 2]);
    let laptop = Owner::default().device([]);
    for device in [&phone, &laptop] {
        bob.made_device(&device_json(device)).await;
    }
    let expected = |number: u64, device: &tenon_messages::keys::NewDevice, kind: &str, mut prekey: Value| {
        prekey["kind"] = json!(kind);
        json!({
            "device": number,
            "identityKey": device.identity_key.to_string(),
            "agreementKey": signed_json(&device.agreement_key),
            "signedPrekey": prekey_json(&device.signed_prekey),
            "prekey": prekey,
        })
    };
    let one_time = phone
        .one_time_prekeys
        .iter()
        .map(|prekey| ("one-time", prekey_json(prekey)));
    let last_resort = prekey_json(&phone.last_resort_prekey);
    for (kind, prekey) in one_time.chain([("last-resort", last_resort)]) {
        let of_laptop = expected(2, &laptop, "last-resort", prekey_json(&laptop.last_resort_prekey));
        assert_eq!(
            ada.claim(&bob.id).await.expect(200).json(),
            json!({ "user": bob.id, "devices": [expected(1, &phone, kind, prekey), of_laptop] })
        );
    }
    for device in [0, 3] {
        ada.claim_of(&bob.id, device).await.problem(404, "device_not_found");
    }
    // Also of one's own other devices, and of those of a viewer.
    let own = bob.claim_of(&bob.id, 2).await.expect(200).json();
    assert_eq!(own["devices"].as_array().unwrap().len(), 1);
    bob.delete_device(2).await.expect(204);
    ada.claim_of(&bob.id, 2).await.problem(404, "device_not_found");
    assert_eq!(
        ada.claim(&bob.id).await.expect(200).json()["devices"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
});

for_each_setup!(
    many_claims_at_once_get_each_prekey_once_and_then_the_last_resort,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = two(&app).await;
        bob.made_device(&device_json(&Owner::default().device(0..30))).await;
        let claims = (0..60).map(|_| {
            let (ada, bob) = ((*ada).clone(), bob.id.clone());
            async move { ada.claim(&bob).await.expect(200).json()["devices"][0]["prekey"].clone() }
        });
        let claimed = race(claims.collect::<Vec<_>>()).await;
        let one_time: Vec<&Value> = claimed.iter().filter(|prekey| prekey["kind"] == "one-time").collect();
        let ids: HashSet<u64> = one_time.iter().map(|prekey| prekey["id"].as_u64().unwrap()).collect();
        assert_eq!((one_time.len(), ids.len()), (30, 30));
        assert_eq!(
            bob.prekeys(1).await.expect(200).json(),
            json!({ "remaining": 0, "lastResortUsed": true })
        );
    }
);

/// It is refused for so many seconds; the clocks and the pace of a busy machine may move that by some.
#[track_caller]
fn waits(answer: &Answer, seconds: u64) {
    answer.problem(429, "rate_limited");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((seconds.saturating_sub(4)..=seconds).contains(&wait), "{wait}");
}

for_each_setup!(one_user_claims_as_often_as_configured, |setup| {
    let app = setup.options().claims(3, 1_000).start().await;
    let (ada, bob) = two(&app).await;
    bob.made_device(&device_json(&Owner::default().device(0..9))).await;
    for _ in 0..3 {
        ada.claim(&bob.id).await.expect(200);
    }
    waits(&ada.claim(&bob.id).await, 20);
    waits(
        &ada.sign_in()
            .await
            .switched_to(&ada.organization)
            .await
            .claim(&bob.id)
            .await,
        20,
    );
    assert_eq!(bob.prekeys(1).await.expect(200).json()["remaining"], 6);
    bob.claim(&ada.id).await.expect(200);
    ada.devices_of(&bob.id).await.expect(200);
});

for_each_setup!(
    prekeys_of_one_user_are_claimed_as_often_as_configured_whoever_claims,
    |setup| {
        let app = setup.options().claims(1_000, 4).start().await;
        let (ada, bob) = two(&app).await;
        let eve = app.register("eve").await;
        bob.made_device(&device_json(&Owner::default().device(0..9))).await;
        // Who does not know him takes nothing from those who do.
        for _ in 0..5 {
            eve.claim(&bob.id).await.problem(404, "user_not_found");
        }
        for who in [&ada, &bob, &ada, &bob] {
            who.claim(&bob.id).await.expect(200);
        }
        for who in [&ada, &bob] {
            waits(&who.claim(&bob.id).await, 15);
        }
        assert_eq!(bob.prekeys(1).await.expect(200).json()["remaining"], 5);
        bob.claim(&ada.id).await.expect(200);
    }
);

#[tokio::test]
async fn instances_share_the_limits_of_claims_and_hand_out_each_prekey_once() {
    let app = Setup::PostgresWithRedis.options().claims(1_000, 40).start().await;
    let other = app.another(&[]).await;
    let (ada, bob) = two(&app).await;
    bob.made_device(&device_json(&Owner::default().device(0..20))).await;
    let claims = (0..40).map(|turn| {
        let ada = if turn % 2 == 0 { (*ada).clone() } else { ada.at(&other) };
        let bob = bob.id.clone();
        async move { ada.claim(&bob).await.expect(200).json()["devices"][0]["prekey"].clone() }
    });
    let claimed = race(claims.collect::<Vec<_>>()).await;
    let ids: HashSet<u64> = claimed
        .iter()
        .filter(|prekey| prekey["kind"] == "one-time")
        .map(|prekey| prekey["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids, (0..20).collect());
    // What came free while they ran may still be had.
    let mut refused = ada.at(&other).claim(&bob.id).await;
    while refused.status == 200 {
        refused = ada.at(&other).claim(&bob.id).await;
    }
    waits(&refused, 2);
}
