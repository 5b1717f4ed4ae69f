//! Keys, ids and signatures that are not what they should be.

use serde_json::{Value, json};
use tenon_tests::app::{Answer, Person};
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json, prekey_json, prekeys_json, public_key};

use super::two;

/// What is no X25519 key, and why.
const BAD_KEYS: [(&str, &str); 25] = [
    ("", "invalid_key_length"),
    ("AAAA", "invalid_key_length"),
    // 31, 33 and 64 bytes.
    ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw==", "invalid_key_length"),
    ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH", "invalid_key_length"),
    (
        "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw==",
        "invalid_key_length",
    ),
    // Bits that mean nothing, no padding, too much of it, the other alphabet, white space, hexadecimal, no base64 at all.
    ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwd=", "invalid_base64"),
    ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "invalid_base64"),
    ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc==", "invalid_base64"),
    ("_-cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "invalid_base64"),
    (" BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "invalid_base64"),
    ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n", "invalid_base64"),
    (
        "0707070707070707070707070707070707070707070707070707070707070707=",
        "invalid_base64",
    ),
    ("key", "invalid_base64"),
    // All zero and the others of low order: 0, 1, of order 8, p - 1, p, p + 1; some of them with the topmost bit.
    ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "low_order_key"),
    ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=", "low_order_key"),
    ("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "low_order_key"),
    ("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=", "low_order_key"),
    ("4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuAA=", "low_order_key"),
    ("4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuIA=", "low_order_key"),
    ("X5yVvKNQjCSx0LFVnIPvWwREXMRYHI6G2CJO3dCfEVc=", "low_order_key"),
    ("X5yVvKNQjCSx0LFVnIPvWwREXMRYHI6G2CJO3dCfEdc=", "low_order_key"),
    ("7P///////////////////////////////////////38=", "low_order_key"),
    ("7f///////////////////////////////////////38=", "low_order_key"),
    ("7v///////////////////////////////////////38=", "low_order_key"),
    ("7v////////////////////////////////////////8=", "low_order_key"),
];

/// The one field that is wrong, and why.
#[track_caller]
fn wrong(answer: &Answer, status: u16, code: &str, field: &str, why: &str) {
    let problem = answer.problem(status, code);
    assert_eq!(
        problem.fields,
        [(field.to_owned(), why.to_owned())],
        "{}",
        answer.text()
    );
}

for_each_setup!(a_bad_public_key_is_refused_and_says_why, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    for (key, why) in BAD_KEYS {
        wrong(&ada.publish(key).await, 400, "validation_failed", "publicKey", why);
    }
    ada.own_public_key().await.problem(404, "public_key_not_found");
    let put = async |body: Value| {
        let call = ada.call(reqwest::Method::PUT, "/api/users/me/public-key");
        call.json(&body).send().await
    };
    wrong(&put(json!({})).await, 400, "validation_failed", "publicKey", "required");
    wrong(
        &put(json!({ "publicKey": 7 })).await,
        400,
        "validation_failed",
        "publicKey",
        "invalid_type",
    );
    put(json!({ "publicKey": public_key().to_string(), "version": 2 }))
        .await
        .problem(400, "unknown_field");
});

/// The device with the value at a path replaced, refused for that field.
async fn refused(ada: &Person, device: &Value, pointer: &str, value: Value, why: &str) {
    let mut body = device.clone();
    *body.pointer_mut(pointer).unwrap() = value;
    let mut field = String::new();
    for part in pointer[1..].split('/') {
        match part.parse::<usize>() {
            Ok(place) => field.push_str(&format!("[{place}]")),
            Err(_) if field.is_empty() => field.push_str(part),
            Err(_) => field.push_str(&format!(".{part}")),
        }
    }
    let answer = ada.create_device(&body).await;
    wrong(&answer, 400, "validation_failed", &field, why);
}

for_each_setup!(every_key_of_a_device_is_checked, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let device = device_json(&Owner::default().device(0..2));
    for pointer in [
        "/agreementKey/key",
        "/signedPrekey/key",
        "/oneTimePrekeys/1/key",
        "/lastResortPrekey/key",
    ] {
        for (key, why) in BAD_KEYS {
            refused(&ada, &device, pointer, json!(key), why).await;
        }
        refused(&ada, &device, pointer, Value::Null, "required").await;
    }
    for (key, why) in BAD_KEYS.iter().filter(|(_, why)| *why != "low_order_key") {
        refused(&ada, &device, "/identityKey", json!(key), why).await;
    }
    assert_eq!(ada.devices().await.expect(200).json()["items"], json!([]));
});

for_each_setup!(a_weak_identity_key_is_refused, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let device = device_json(&Owner::default().device([]));
    for (key, why) in [
        // The neutral point, those of order 2, 4 and 8, and one with a second encoding (RFC 8032, section 5.1.3).
        ("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "low_order_key"),
        ("7P///////////////////////////////////////38=", "low_order_key"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "low_order_key"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA=", "low_order_key"),
        ("xxdqcD1N2E+6PAt2DRBnDyogU/osOczGTsf9d5KsA3o=", "low_order_key"),
        ("7v///////////////////////////////////////38=", "low_order_key"),
        // Not on the curve.
        ("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "invalid_key"),
    ] {
        refused(&ada, &device, "/identityKey", json!(key), why).await;
    }
});

for_each_setup!(ids_signatures_and_names_are_checked, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut device = device_json(&Owner::default().device(0..2));
    device["name"] = json!("Phone");
    for pointer in ["/signedPrekey/id", "/oneTimePrekeys/0/id", "/lastResortPrekey/id"] {
        for (id, why) in [
            (json!(-1), "out_of_range"),
            (json!(4_294_967_296_u64), "out_of_range"),
            (json!("1"), "invalid_type"),
            (json!(1.5), "invalid_type"),
            (Value::Null, "required"),
        ] {
            refused(&ada, &device, pointer, id, why).await;
        }
    }
    for pointer in [
        "/agreementKey/signature",
        "/signedPrekey/signature",
        "/oneTimePrekeys/0/signature",
        "/lastResortPrekey/signature",
    ] {
        for (signature, why) in [
            (json!("AAAA"), "invalid_signature_length"),
            (json!("!"), "invalid_base64"),
            (json!(1), "invalid_type"),
            (Value::Null, "required"),
        ] {
            refused(&ada, &device, pointer, signature, why).await;
        }
    }
    for (name, why) in [("", "required"), ("a\nb", "invalid_characters")] {
        refused(&ada, &device, "/name", json!(name), why).await;
    }
    refused(&ada, &device, "/name", json!("n".repeat(101)), "too_long").await;
    for pointer in ["/agreementKey", "/signedPrekey", "/lastResortPrekey", "/identityKey"] {
        refused(&ada, &device, pointer, Value::Null, "required").await;
    }
    let many = prekeys_json(&Owner::default().one_time(0..101));
    refused(&ada, &device, "/oneTimePrekeys", many, "too_many").await;
    assert_eq!(ada.devices().await.expect(200).json()["items"], json!([]));
    ada.made_device(&device).await;
});

for_each_setup!(
    a_signature_of_another_device_another_id_or_another_purpose_is_refused,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let (owner, other) = (Owner::default(), Owner::default());
        let device = owner.device(0..3);
        let body = device_json(&device);
        for (pointer, field) in [
            ("/agreementKey/signature", "agreementKey.signature"),
            ("/signedPrekey/signature", "signedPrekey.signature"),
            ("/oneTimePrekeys/2/signature", "oneTimePrekeys[2].signature"),
            ("/lastResortPrekey/signature", "lastResortPrekey.signature"),
        ] {
            let foreign = device_json(&other.device(0..3)).pointer(pointer).unwrap().clone();
            for signature in [foreign, body["oneTimePrekeys"][0]["signature"].clone()] {
                let mut wrongly = body.clone();
                *wrongly.pointer_mut(pointer).unwrap() = signature;
                let answer = ada.create_device(&wrongly).await;
                wrong(&answer, 422, "invalid_signature", field, "invalid_signature");
            }
        }
        let mut other_id = body.clone();
        other_id["signedPrekey"]["id"] = json!(2);
        let answer = ada.create_device(&other_id).await;
        wrong(
            &answer,
            422,
            "invalid_signature",
            "signedPrekey.signature",
            "invalid_signature",
        );
        assert_eq!(ada.devices().await.expect(200).json()["items"], json!([]));

        let number = ada.made_device(&body).await;
        let upload = json!({
            "oneTimePrekeys": prekeys_json(&other.one_time([7])),
            "signedPrekey": prekey_json(&device.last_resort_prekey),
            "lastResortPrekey": prekey_json(&device.signed_prekey),
        });
        let problem = ada
            .bring_prekeys(number, &upload)
            .await
            .problem(422, "invalid_signature");
        let fields: Vec<&str> = problem.fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "signedPrekey.signature",
                "oneTimePrekeys[0].signature",
                "lastResortPrekey.signature"
            ]
        );
        assert_eq!(ada.prekeys(number).await.expect(200).json()["remaining"], 3);
    }
);

for_each_setup!(bad_uploads_paths_queries_and_claims_are_refused, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let owner = Owner::default();
    let number = bob.made_device(&device_json(&owner.device(0..2))).await;
    let many = json!({ "oneTimePrekeys": prekeys_json(&owner.one_time(0..101)) });
    let answer = bob.bring_prekeys(number, &many).await;
    wrong(&answer, 400, "validation_failed", "oneTimePrekeys", "too_many");
    for (key, why) in BAD_KEYS {
        let mut prekeys = prekeys_json(&owner.one_time([5, 6]));
        prekeys[1]["key"] = json!(key);
        let answer = bob.bring_prekeys(number, &json!({ "oneTimePrekeys": prekeys })).await;
        wrong(&answer, 400, "validation_failed", "oneTimePrekeys[1].key", why);
    }
    for device in ["x", "-1", "2147483648", "1.0"] {
        let answer = bob.get(&format!("/api/devices/{device}/prekeys")).await;
        answer.problem(400, "invalid_id");
    }
    bob.prekeys(0).await.problem(404, "device_not_found");
    bob.delete_device(0).await.problem(404, "device_not_found");
    ada.public_key("x").await.problem(400, "invalid_id");
    for query in ["?after=-1", "?after=x", "?limit=0", "?limit=101"] {
        ada.key_changes(query).await.problem(400, "invalid_parameter");
        ada.key_log(&bob.id, query).await.problem(400, "invalid_parameter");
    }
    ada.key_changes("?cursor=1").await.problem(400, "unknown_parameter");
    for (body, field, why) in [
        (json!({}), "user", "required"),
        (json!({ "user": "bob" }), "user", "invalid_id"),
        (json!({ "user": bob.id, "device": -1 }), "device", "out_of_range"),
        (
            json!({ "user": bob.id, "device": 2_147_483_648_u64 }),
            "device",
            "out_of_range",
        ),
        (json!({ "user": bob.id, "device": "1" }), "device", "invalid_type"),
    ] {
        let answer = ada.post("/api/keys/claim", &body).await;
        wrong(&answer, 400, "validation_failed", field, why);
    }
    assert_eq!(bob.prekeys(number).await.expect(200).json()["remaining"], 2);
});
