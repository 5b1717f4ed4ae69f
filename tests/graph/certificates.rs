use serde_json::json;
use tenon_simulator::Order;
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::{GraphScene, PATIENCE};
use tenon_tests::waiting::until_ok;

for_each_setup!(a_new_certificate_is_taken_up_and_the_old_one_still_opens, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.subscribed(true).await;
    let certificate = || {
        scene.simulator.subscriptions()[0]
            .encryption_certificate_id
            .clone()
            .unwrap()
    };
    let old = certificate();
    scene.posted(Order::default()).await;
    let [before] = scene.notifications("processed", 1).await.try_into().unwrap();
    let made = scene
        .owner
        .post("/api/graph/certificate/rotate", &json!({}))
        .await
        .expect(202)
        .json();
    assert_ne!(made["id"], old);
    let audit = format!("/api/orgs/{}/audit", scene.owner.organization);
    let audit = scene.owner.all(&audit).await;
    let entered: Vec<_> = audit
        .iter()
        .filter(|entry| entry["subject"]["kind"] == "certificate")
        .collect();
    assert_eq!(entered.len(), 1);
    let told = (
        &entered[0]["action"],
        &entered[0]["subject"]["id"],
        &entered[0]["actor"]["kind"],
    );
    assert_eq!(told, (&json!("certificate.rotated"), &made["id"], &json!("user")));
    until_ok("the certificate is the new one", PATIENCE, async || {
        if made["id"] == certificate() {
            Ok(())
        } else {
            Err(certificate())
        }
    })
    .await;
    scene.posted(Order::default()).await;
    scene.notifications("processed", 2).await;
    scene.notifications("quarantined", 0).await;
    let detail = scene
        .owner
        .get(&format!("/api/graph/notifications/{}", id(&before)))
        .await
        .expect(200)
        .json();
    assert!(detail["resourceData"].is_object(), "{detail}");
});
