use serde_json::{Value, json};
use tenon_tests::app::is_stamp;
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json, prekey_json, prekeys_json, signed_json};

use super::two;

for_each_setup!(a_device_is_registered_listed_and_removed, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let device = Owner::default().device(0..3);
    let mut body = device_json(&device);
    body["name"] = json!(" Phone ");
    let made = bob.create_device(&body).await.expect(201).json();
    assert!(is_stamp(made["createdAt"].as_str().unwrap()));
    let expected = json!({
        "device": 1,
        "name": "Phone",
        "identityKey": device.identity_key.to_string(),
        "agreementKey": signed_json(&device.agreement_key),
        "signedPrekey": prekey_json(&device.signed_prekey),
        "createdAt": made["createdAt"],
        "prekeys": { "remaining": 3, "lastResortUsed": false },
    });
    assert_eq!(made, expected);
    let second = bob
        .create_device(&device_json(&Owner::default().device([])))
        .await
        .expect(201)
        .json();
    assert_eq!((&second["device"], &second["name"]), (&json!(2), &Value::Null));
    assert_eq!(
        bob.devices().await.expect(200).json(),
        json!({ "items": [made, second] })
    );
    let seen = |own: &Value| {
        let mut seen = own.clone();
        seen.as_object_mut()
            .unwrap()
            .retain(|name, _| name != "name" && name != "prekeys");
        seen
    };
    let others = ada.devices_of(&bob.id).await.expect(200).json();
    assert_eq!(others, json!({ "user": bob.id, "items": [seen(&made), seen(&second)] }));
    assert_eq!(bob.prekeys(1).await.expect(200).json(), made["prekeys"]);
    bob.delete_device(1).await.expect(204);
    bob.delete_device(1).await.problem(404, "device_not_found");
    bob.prekeys(1).await.problem(404, "device_not_found");
    assert_eq!(bob.devices().await.expect(200).json(), json!({ "items": [second] }));
    assert_eq!(ada.devices().await.expect(200).json(), json!({ "items": [] }));
    let third = bob.made_device(&device_json(&Owner::default().device([]))).await;
    assert_eq!(third, 3);
});

for_each_setup!(
    registering_again_is_the_same_device_and_another_ones_keys_are_taken,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = two(&app).await;
        let owner = Owner::default();
        let device = owner.device(0..2);
        let made = bob.create_device(&device_json(&device)).await.expect(201).json();
        assert_eq!(bob.create_device(&device_json(&device)).await.expect(200).json(), made);
        let mut more = device.clone();
        more.one_time_prekeys = owner.one_time(2..5);
        let again = bob.create_device(&device_json(&more)).await.expect(200).json();
        assert_eq!(
            (&again["device"], &again["prekeys"]["remaining"]),
            (&json!(1), &json!(5))
        );
        let conflicting = device_json(&owner.device([0]));
        bob.create_device(&conflicting).await.problem(409, "prekey_conflict");
        let taken = ada.create_device(&device_json(&device)).await;
        taken.problem(409, "identity_key_taken");
        let mut other_agreement = device_json(&device);
        let key = tenon_tests::keys::public_key();
        let signature = owner.sign(tenon_messages::keys::Signed::AgreementKey, 0, &key);
        other_agreement["agreementKey"] = json!({ "key": key.to_string(), "signature": signature.to_string() });
        bob.create_device(&other_agreement)
            .await
            .problem(409, "identity_key_taken");
        bob.delete_device(1).await.expect(204);
        for who in [&ada, &bob] {
            who.create_device(&device_json(&device))
                .await
                .problem(409, "identity_key_taken");
        }
    }
);

for_each_setup!(a_twenty_first_device_is_refused, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    for expected in 1..=20 {
        let number = ada.made_device(&device_json(&Owner::default().device([]))).await;
        assert_eq!(number, expected);
    }
    let one_more = device_json(&Owner::default().device([]));
    ada.create_device(&one_more).await.problem(409, "too_many_devices");
    ada.delete_device(4).await.expect(204);
    assert_eq!(ada.made_device(&one_more).await, 21);
});

for_each_setup!(devices_of_others_are_not_there, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let owner = Owner::default();
    let number = bob.made_device(&device_json(&owner.device(0..2))).await;
    ada.prekeys(number).await.problem(404, "device_not_found");
    ada.delete_device(number).await.problem(404, "device_not_found");
    let upload = json!({ "oneTimePrekeys": prekeys_json(&owner.one_time(5..7)) });
    ada.bring_prekeys(number, &upload)
        .await
        .problem(404, "device_not_found");
    let left = json!({ "remaining": 2, "lastResortUsed": false });
    assert_eq!(bob.prekeys(number).await.expect(200).json(), left);
});
