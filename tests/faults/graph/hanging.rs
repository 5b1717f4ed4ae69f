//! Workers that wait for somebody who does not answer.

use std::time::Duration;

use tenon_simulator::{Endpoint, Fault, Order};
use tenon_tests::app::id;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::GraphScene;

use tenon_tests::poster::{Poster, queue};
use tenon_tests::waiting::until;

const LIMIT: Duration = Duration::from_secs(10);
const POSTS: usize = 30;
const RICH: usize = 8;

for_each_setup!(posts_are_answered_while_every_worker_hangs_and_told_later, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let rich = scene.subscribed(true).await;
    let remote = scene.simulator.subscriptions().pop().unwrap().id;
    scene.subscribed(false).await;
    let (poster, anyone) = (Poster::of(&scene), scene.app.anonymous());
    let silence = Fault {
        delay_ms: 60_000,
        ..Fault::default()
    };
    scene.simulator.break_down(Endpoint::Keys, silence);
    let order = Order {
        subscription: Some(remote),
        count: RICH,
        ..Order::default()
    };
    scene.posted(order).await;
    let operator = scene.app.operator().await;
    until("all workers hang", LIMIT, async || {
        queue(&operator).await["running"] == 4
    })
    .await;

    let mut slowest = Duration::ZERO;
    for number in 0..POSTS {
        let (taken, took) = poster.batch(&format!("{number}"), 10).send(&anyone).await;
        assert!(taken);
        slowest = slowest.max(took);
    }
    let stuck = queue(&operator).await;
    assert_eq!(stuck["running"], 4);
    assert!(stuck["waiting"].as_u64().unwrap() >= POSTS as u64, "{stuck}");

    scene.simulator.repair(Endpoint::Keys);
    let all = POSTS * 10 + RICH;
    let told = async || scene.told().await.len() == all;
    let took = until("told", Duration::from_secs(60), told).await;
    scene.notifications("quarantined", 0).await;
    assert_eq!(scene.active(&rich).await["id"], id(&rich));
    eprintln!("{setup:?}: the slowest answer after {slowest:?}; all told {took:?} after the keys were there again");
});
