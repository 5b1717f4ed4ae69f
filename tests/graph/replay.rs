use serde_json::{Value, json};
use tenon_simulator::{Forgery, Order};
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::{CLIENT, GraphScene, PATIENCE};
use tenon_tests::waiting::until;

/// What is in quarantine for a mistake of ours, which is mended.
async fn doubted(scene: &GraphScene) -> Value {
    scene.set_client("11111111-14a6-49ae-97bc-6eba6914391e").await;
    scene.posted(Order::default()).await;
    let [doubted] = scene.notifications("quarantined", 1).await.try_into().unwrap();
    assert_eq!(doubted["reason"], "validation_token");
    scene.set_client(CLIENT).await;
    doubted
}

for_each_setup!(
    what_was_doubted_for_a_mistake_of_ours_is_told_once_it_is_judged_again,
    |setup| {
        let scene = GraphScene::set(setup.options()).await;
        scene.subscribed(true).await;
        let doubted = doubted(&scene).await;
        let replay = format!("/api/graph/notifications/{}/replay", id(&doubted));
        scene.owner.post(&replay, &json!({})).await.expect(202);
        let [believed] = scene.notifications("processed", 1).await.try_into().unwrap();
        assert_eq!(believed["id"], doubted["id"]);
        assert_eq!(scene.told().await.len(), 1);
        scene
            .owner
            .post(&replay, &json!({}))
            .await
            .problem(409, "not_quarantined");
    }
);

for_each_setup!(
    what_is_judged_again_after_its_subscription_was_lost_stays_with_it,
    |setup| {
        let scene = GraphScene::set(setup.options()).await;
        let subscription = scene.subscribed(true).await;
        let doubted = doubted(&scene).await;
        assert_eq!(doubted["subscriptionId"], subscription["id"]);
        let remote = subscription["remoteId"].as_str().unwrap();
        scene.simulator.remove(remote).await.unwrap();
        let anew = |now: &Value| now["state"] == "active" && now["remoteId"] != subscription["remoteId"];
        scene.until(&subscription, anew).await;
        let replay = format!("/api/graph/notifications/{}/replay", id(&doubted));
        scene.owner.post(&replay, &json!({})).await.expect(202);
        let found = scene.notifications("processed", 2).await;
        let believed = found.iter().find(|one| one["id"] == doubted["id"]).unwrap();
        assert_eq!(believed["subscriptionId"], subscription["id"]);
    }
);

for_each_setup!(
    what_is_judged_again_after_its_subscription_was_deleted_stays_with_the_organization,
    |setup| {
        let scene = GraphScene::set(setup.options()).await;
        let subscription = scene.subscribed(true).await;
        let doubted = doubted(&scene).await;
        let path = format!("/api/graph/subscriptions/{}", id(&subscription));
        let call = scene.owner.call(reqwest::Method::DELETE, &path);
        call.header("if-match", "*").send().await.expect(204);
        until("it is deleted", PATIENCE, async || {
            scene.owner.get(&path).await.status == 404
        })
        .await;
        let notification = format!("/api/graph/notifications/{}", id(&doubted));
        let replay = format!("{notification}/replay");
        scene.owner.post(&replay, &json!({})).await.expect(202);
        scene.settled().await;
        let again = scene.owner.get(&notification).await.expect(200).json();
        assert_eq!(
            (&again["reason"], &again["subscriptionId"]),
            (&json!("unknown_subscription"), &subscription["id"])
        );
        let operator = scene.app.operator().await;
        let nobodys = operator.get("/api/graph/notifications").await.expect(200).json();
        assert_eq!(nobodys["items"], json!([]));
    }
);

for_each_setup!(a_forgery_that_is_judged_again_stays_in_quarantine, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.subscribed(false).await;
    scene
        .posted(Order {
            forgery: Some(Forgery::WrongClientState),
            ..Order::default()
        })
        .await;
    let [doubted] = scene.notifications("quarantined", 1).await.try_into().unwrap();
    let path = format!("/api/graph/notifications/{}", id(&doubted));
    scene
        .owner
        .post(&format!("{path}/replay"), &json!({}))
        .await
        .expect(202);
    scene.settled().await;
    let again = scene.owner.get(&path).await.expect(200).json();
    assert_eq!(
        (&again["state"], &again["reason"]),
        (&json!("quarantined"), &json!("client_state"))
    );
    assert!(scene.told().await.is_empty());
    let member = scene.owner.take_in(&scene.app.register("member").await, "member").await;
    member
        .post(&format!("{path}/replay"), &json!({}))
        .await
        .problem(403, "insufficient_role");
    let stranger = scene.app.register("stranger").await;
    stranger
        .post(&format!("{path}/replay"), &json!({}))
        .await
        .problem(404, "notification_not_found");
});
