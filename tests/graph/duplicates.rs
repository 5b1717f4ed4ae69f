use tenon_simulator::Order;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::GraphScene;

for_each_setup!(what_is_posted_several_times_is_told_once, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.subscribed(false).await;
    let orders = [
        // The same post again, as after an answer that was lost.
        Order {
            count: 20,
            batch: 10,
            copies: 3,
            ..Order::default()
        },
        // One edit that several items tell of, in one post and in several.
        Order {
            count: 10,
            batch: 40,
            tellings: 4,
            ..Order::default()
        },
        Order {
            count: 10,
            tellings: 4,
            ..Order::default()
        },
        // The same without names.
        Order {
            count: 10,
            tellings: 3,
            copies: 2,
            nameless: true,
            ..Order::default()
        },
    ];
    for order in orders {
        scene.posted(order).await;
    }
    scene.settled().await;
    scene.notifications("processed", 50).await;
    scene.notifications("quarantined", 0).await;
    assert_eq!(scene.told().await.len(), 50);
});
