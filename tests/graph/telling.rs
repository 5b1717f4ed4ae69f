use serde_json::json;
use tenon_simulator::Order;
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::GraphScene;

for_each_setup!(what_graph_tells_of_reaches_the_feed_and_the_room, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let subscription = scene.subscribed(false).await;
    let mut socket = scene.owner.socket().await;
    scene
        .posted(Order {
            change: Some("updated".to_owned()),
            ..Order::default()
        })
        .await;
    let event = loop {
        let event = socket.next_of("event").await;
        if event["event"] == "graph.notification" {
            break event;
        }
    };
    let told = &event["data"]["notification"];
    assert_eq!(
        (&told["subscriptionId"], &told["change"]),
        (&subscription["id"], &json!("updated"))
    );
    let [notification] = scene.notifications("processed", 1).await.try_into().unwrap();
    assert_eq!(notification["id"], told["id"]);
    assert_eq!(notification["hasResourceData"], false);
    assert!(
        notification["resource"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("messages"),
        "{notification}"
    );
    let feed = scene.told().await;
    assert_eq!(feed.len(), 1);
    assert_eq!((&feed[0]["notification"], &feed[0]["by"]), (told, &json!(null)));
});

for_each_setup!(the_resource_that_came_encrypted_is_read_by_admins_in_clear, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.subscribed(true).await;
    let resource = json!({ "subject": "canary subject", "importance": "high" });
    scene
        .posted(Order {
            data: Some(resource.clone()),
            ..Order::default()
        })
        .await;
    let [notification] = scene.notifications("processed", 1).await.try_into().unwrap();
    assert_eq!(notification["hasResourceData"], true);
    let path = format!("/api/graph/notifications/{}", id(&notification));
    let detail = scene.owner.get(&path).await.expect(200).json();
    assert_eq!(detail["resourceData"]["subject"], resource["subject"], "{detail}");
    assert_eq!(detail["resourceData"]["importance"], resource["importance"]);
    let org = &scene.owner.organization;
    let member = scene.owner.take_in(&scene.app.register("member").await, "member").await;
    member.get(&path).await.problem(403, "insufficient_role");
    let stranger = scene.app.register("stranger").await;
    stranger.get(&path).await.problem(404, "notification_not_found");
    scene
        .app
        .operator()
        .await
        .get(&path)
        .await
        .problem(404, "notification_not_found");
    let feed = member.activity(org, "").await.expect(200).text();
    assert!(
        feed.contains("graph.notification") && !feed.contains("canary subject"),
        "{feed}"
    );
});

for_each_setup!(a_thousand_changes_in_one_post_are_told_each_once, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.subscribed(false).await;
    scene
        .posted(Order {
            count: 1000,
            batch: 1000,
            ..Order::default()
        })
        .await;
    scene.notifications("processed", 1000).await;
    assert_eq!(scene.told().await.len(), 1000);
});
