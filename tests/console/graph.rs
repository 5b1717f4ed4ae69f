//! Microsoft Graph: subscribed to, heard of, judged again.

use tenon_simulator::{Forgery, Order};
use tenon_tests::graph_scene::GraphScene;

use super::desk::Desk;

story!(
    PostgresWithRedis,
    a_mailbox_is_subscribed_to_and_what_graph_tells_appears_by_itself,
    |setup| {
        let scene = GraphScene::set(setup.options()).await;
        let mut desk = Desk::open(&scene.app).await;
        desk.sign_in(&scene.owner).await;
        desk.go("/graph", "Microsoft Graph").await;
        desk.see("Nothing is subscribed to.").await;
        desk.click("New subscription").await;
        let wish = scene.wish(true);
        let resource = wish["resource"].as_str().unwrap();
        desk.fill("Resource", resource).await;
        desk.press_at("desk.control('Bring the resource along, encrypted')")
            .await;
        desk.click("Subscribe").await;
        desk.see(resource).await;
        desk.see("active").await;

        scene.posted(Order::default()).await;
        desk.wait("document.querySelector('[aria-label=Notifications] tbody tr')")
            .await;
        desk.press_at("[...document.querySelectorAll('[aria-label=Notifications] button')].find((one) => one.textContent === 'Details')")
        .await;
        desk.wait("document.querySelector('dialog[open] pre')?.textContent.includes('\"id\"')")
            .await;
        desk.click("Close").await;

        let forged = Order {
            forgery: Some(Forgery::WrongClientState),
            ..Order::default()
        };
        scene.posted(forged).await;
        desk.click("Quarantined").await;
        desk.see("client_state").await;
        desk.press_at("[...document.querySelectorAll('[aria-label=Notifications] button')].find((one) => one.textContent === 'Judge again')")
        .await;
        desk.see("It is judged again.").await;

        desk.click(&format!("End {resource}")).await;
        desk.see("Graph tells no longer of").await;
        desk.click("End it").await;
        desk.see("Nothing is subscribed to.").await;
        desk.leave().await;
    }
);
