//! What a scene is made of.

use std::collections::BTreeMap;

use serde_json::json;
use tenon_tests::app::{Holder, Person, SCOPES, TestApp, id};
use tenon_tests::keys::{Owner, device_json, public_key};
use uuid::Uuid;

#[derive(Clone)]
pub struct Spent {
    pub invitation: String,
    pub token: String,
    pub session: String,
    pub device: u64,
    pub key: String,
}

/// Gives somebody a simple key and a device, and returns the device's identity key and number.
pub async fn with_keys(member: &Person) -> (String, u64) {
    member.publish(&public_key().to_string()).await.expect(200);
    // The second one, so that nobody else has a device of this number.
    let first = member.made_device(&device_json(&Owner::default().device([]))).await;
    member.delete_device(first).await.expect(204);
    let device = Owner::default().device(0..9);
    let number = member.made_device(&device_json(&device)).await;
    (device.identity_key.to_string(), number)
}

pub async fn spent(owner: &Person, marker: &str, device: u64) -> Spent {
    let random = Uuid::new_v4().simple();
    let email = format!("{marker}.{random}@example.org");
    let made = owner
        .invite(&owner.organization, &email, "member")
        .await
        .expect(201)
        .json();
    Spent {
        invitation: id(&made),
        token: made["token"].as_str().unwrap().to_owned(),
        session: owner.sign_in().await.session,
        device,
        key: id(&owner
            .create_api_key(&owner.organization, &json!({ "name": marker, "scopes": SCOPES }))
            .await
            .expect(201)
            .json()),
    }
}

/// A key for each scope alone, and one for each but it.
pub async fn holders(app: &TestApp, owner: &Person) -> BTreeMap<&'static str, [Holder; 2]> {
    let mut holders = BTreeMap::new();
    for scope in SCOPES {
        let others: Vec<&str> = SCOPES.into_iter().filter(|other| *other != scope).collect();
        let both = [
            owner.made_api_key(app, &[scope]).await,
            owner.made_api_key(app, &others).await,
        ];
        holders.insert(scope, both);
    }
    holders
}
