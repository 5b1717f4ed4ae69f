use serde_json::json;
use tenon_simulator::{Forgery, Order};
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::{APP_SECRET, GraphScene, TENANT};

for_each_setup!(
    what_was_doubted_for_a_mistake_of_ours_is_told_once_it_is_judged_again,
    |setup| {
        let scene = GraphScene::set(setup.options()).await;
        scene.subscribed(true).await;
        let set_client = async |client: &str| {
            let values = json!({ "tenantId": TENANT, "clientId": client, "clientSecret": APP_SECRET });
            let body = json!({ "name": "App", "kind": "microsoft-graph", "values": values });
            let path = format!("/api/credentials/{}", scene.credential);
            let call = scene.owner.call(reqwest::Method::PUT, &path).header("if-match", "*");
            call.json(&body).send().await.expect(200);
        };
        set_client("11111111-14a6-49ae-97bc-6eba6914391e").await;
        scene.posted(Order::default()).await;
        let [doubted] = scene.notifications("quarantined", 1).await.try_into().unwrap();
        assert_eq!(doubted["reason"], "validation_token");
        set_client("6731de76-14a6-49ae-97bc-6eba6914391e").await;
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
