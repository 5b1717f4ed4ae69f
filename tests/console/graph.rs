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

story!(
    PostgresWithRedis,
    a_credential_is_sealed_replaced_and_deleted_and_its_secret_is_never_shown,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.go("/graph", "Microsoft Graph").await;
        desk.click("New subscription").await;
        desk.see("There is no credential yet").await;
        desk.click("New credential").await;
        desk.fill("Name", "Mailbox reader").await;
        let fill = async |desk: &mut Desk| {
            desk.fill("Tenant", "6e1c2c3c-1111-4222-8333-944445555666").await;
            desk.fill("Client id", "6e1c2c3c-1111-4222-8333-944445555667").await;
            desk.fill("Client secret", "canary-of-the-console").await;
        };
        fill(&mut desk).await;
        desk.click("Seal and keep").await;
        desk.click("Replace Mailbox reader").await;
        fill(&mut desk).await;
        desk.click("Replace").await;
        desk.see("Mailbox reader is replaced.").await;
        let kept = ada.credentials().await.expect(200);
        assert_eq!(kept.json()["items"][0]["version"], 2);
        assert!(!kept.text().contains("canary-of-the-console"));
        desk.click("Delete Mailbox reader").await;
        desk.see("no longer renewed").await;
        desk.click("Delete").await;
        desk.see("No credential is kept.").await;
        desk.leave().await;
    }
);
