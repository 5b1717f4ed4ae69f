use serde_json::json;
use tenon_messages::keys::Signed;
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json, prekey_json, prekeys_json};

use super::two;

for_each_setup!(prekeys_are_brought_once_and_refused_when_they_contradict, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let owner = Owner::default();
    let device = owner.device([1, 2]);
    let number = bob.made_device(&device_json(&device)).await;
    ada.claim(&bob.id).await.expect(200);
    let mut prekeys = device.one_time_prekeys.clone();
    prekeys.extend(owner.one_time([3]));
    prekeys.push(prekeys[2]);
    let upload = json!({ "oneTimePrekeys": prekeys_json(&prekeys) });
    let stocked = |accepted: u32, remaining: u32| json!({ "accepted": accepted, "remaining": remaining, "lastResortUsed": false });
    let first = bob.bring_prekeys(number, &upload).await.expect(200).json();
    assert_eq!(first, stocked(1, 2));
    let again = bob.bring_prekeys(number, &upload).await.expect(200).json();
    assert_eq!(again, stocked(0, 2));
    let new = owner.prekey(Signed::OneTimePrekey, 9);
    for there in &prekeys[..3] {
        let other = owner.prekey(Signed::OneTimePrekey, there.id.get());
        let upload = json!({ "oneTimePrekeys": prekeys_json(&[new, other]) });
        bob.bring_prekeys(number, &upload).await.problem(409, "prekey_conflict");
    }
    let twice = json!({ "oneTimePrekeys": prekeys_json(&[new, owner.prekey(Signed::OneTimePrekey, 9)]) });
    bob.bring_prekeys(number, &twice).await.problem(409, "prekey_conflict");
    assert_eq!(
        bob.bring_prekeys(number, &json!({})).await.expect(200).json(),
        stocked(0, 2)
    );
});

for_each_setup!(more_than_a_thousand_unclaimed_prekeys_are_refused, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let owner = Owner::default();
    let number = ada.made_device(&device_json(&owner.device(0..100))).await;
    for turn in 1..10_u32 {
        let upload = json!({ "oneTimePrekeys": prekeys_json(&owner.one_time(turn * 100..turn * 100 + 100)) });
        let stocked = ada.bring_prekeys(number, &upload).await.expect(200).json();
        assert_eq!(
            (&stocked["accepted"], &stocked["remaining"]),
            (&json!(100), &json!((turn + 1) * 100))
        );
    }
    let one_more = json!({ "oneTimePrekeys": prekeys_json(&owner.one_time([1_000])) });
    ada.bring_prekeys(number, &one_more)
        .await
        .problem(409, "too_many_prekeys");
    ada.claim_of(&ada.id, number).await.expect(200);
    ada.bring_prekeys(number, &one_more).await.expect(200);
});

for_each_setup!(a_new_last_resort_prekey_is_not_used_yet, |setup| {
    let app = setup.start().await;
    let (ada, bob) = two(&app).await;
    let owner = Owner::default();
    let device = owner.device([]);
    let number = bob.made_device(&device_json(&device)).await;
    let claimed = ada.claim_of(&bob.id, number).await.expect(200).json();
    assert_eq!(claimed["devices"][0]["prekey"]["kind"], "last-resort");
    let used = json!({ "remaining": 0, "lastResortUsed": true });
    assert_eq!(bob.prekeys(number).await.expect(200).json(), used);
    let signed = owner.prekey(Signed::SignedPrekey, 2);
    let upload =
        json!({ "signedPrekey": prekey_json(&signed), "lastResortPrekey": prekey_json(&device.last_resort_prekey) });
    let kept = bob.bring_prekeys(number, &upload).await.expect(200).json();
    assert_eq!(kept["lastResortUsed"], true);
    let listed = ada.devices_of(&bob.id).await.expect(200).json();
    assert_eq!(listed["items"][0]["signedPrekey"], prekey_json(&signed));
    let last_resort = owner.prekey(Signed::LastResortPrekey, 7);
    let upload = json!({ "lastResortPrekey": prekey_json(&last_resort) });
    let replaced = bob.bring_prekeys(number, &upload).await.expect(200).json();
    assert_eq!(
        replaced,
        json!({ "accepted": 0, "remaining": 0, "lastResortUsed": false })
    );
    let mut expected = prekey_json(&last_resort);
    expected["kind"] = json!("last-resort");
    let claimed = ada.claim_of(&bob.id, number).await.expect(200).json();
    assert_eq!(claimed["devices"][0]["prekey"], expected);
});
