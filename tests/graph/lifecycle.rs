use tenon_simulator::Lifecycle;
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::GraphScene;

for_each_setup!(a_subscription_that_graph_removed_is_created_anew_and_marked, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let subscription = scene.subscribed(false).await;
    let remote = subscription["remoteId"].as_str().unwrap();
    scene.simulator.remove(remote).await.unwrap();
    let recovered = scene
        .until(&subscription, |now| {
            now["state"] == "active" && now["remoteId"] != subscription["remoteId"]
        })
        .await;
    assert!(
        recovered["deltaSince"].is_string() && recovered["resyncSince"].is_null(),
        "{recovered}"
    );
    assert_eq!(scene.simulator.subscriptions().len(), 1);
    let synced = format!("/api/graph/subscriptions/{}/synced", id(&subscription));
    let synced = scene
        .owner
        .post(&synced, &serde_json::json!({}))
        .await
        .expect(200)
        .json();
    assert!(synced["deltaSince"].is_null(), "{synced}");
});

for_each_setup!(missed_notifications_mark_the_subscription_for_a_resync, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let subscription = scene.subscribed(false).await;
    scene
        .posted(Lifecycle::Missed.order(subscription["remoteId"].as_str().unwrap()))
        .await;
    let marked = scene.until(&subscription, |now| now["resyncSince"].is_string()).await;
    assert_eq!(marked["state"], "active");
    let told = scene.told().await;
    assert_eq!(told[0]["notification"]["change"], "missed");
});

for_each_setup!(a_subscription_is_reauthorized_when_graph_asks_for_it, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let subscription = scene.subscribed(false).await;
    scene
        .posted(Lifecycle::ReauthorizationRequired.order(subscription["remoteId"].as_str().unwrap()))
        .await;
    scene.notifications("processed", 1).await;
    let is_idle = |queue: &serde_json::Value| queue["waiting"] == 0 && queue["running"] == 0 && queue["dead"] == 0;
    scene.queue("graph.subscriptions", is_idle).await;
    let now = scene.active(&subscription).await;
    assert!(now["problem"].is_null(), "{now}");
});
