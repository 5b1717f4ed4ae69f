//! What the operator sees of the installation.

use serde_json::{Value, json};
use tenon_tests::app::Setup;

use super::desk::Desk;

story!(
    PostgresWithRedis,
    the_operator_disables_and_enables_an_account,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        app.register("bob").await;
        let mut desk = Desk::open(&app).await;
        desk.sign_in_as_operator().await;
        desk.go("/users", "Users").await;
        desk.see("1–2 of 2").await;
        desk.fill("Email, in full", &ada.email).await;
        desk.click("Find").await;
        desk.see("1–1 of 1").await;
        desk.click(&format!("Disable {}", ada.email)).await;
        desk.see("nobody signs in with it until it is enabled again").await;
        desk.click("Disable").await;
        desk.see(&format!("{} is disabled.", ada.email)).await;
        ada.me().await.problem(401, "token_invalid");
        desk.click(&format!("Enable {}", ada.email)).await;
        desk.see(&format!("{} is enabled.", ada.email)).await;
        ada.sign_in().await.me().await.expect(200);
        desk.leave().await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_overview_of_the_operator_shows_instances_and_nodes_as_they_come_and_go() {
    let app = Setup::PostgresWithRedis.options().own_redis();
    let app = app.set("TENON__CLUSTER__NODES", "gate=127.0.0.1:9").start().await;
    app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in_as_operator().await;
    desk.see("unreachable").await;
    let rows = "document.querySelectorAll('[aria-label=Instances] tbody tr').length";
    desk.wait(&format!("{rows} === 1")).await;
    let mut second = app.another(&[]).await;
    desk.wait(&format!("{rows} === 2")).await;
    assert_eq!(second.stop().await, Some(0));
    desk.wait(&format!("{rows} === 1")).await;
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn charts_move_by_themselves() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    let sockets = "[...document.querySelectorAll('.chart')].find((one) => one.innerText.includes('Open sockets'))";
    desk.wait(&format!("{sockets}?.querySelector('.chart-value').textContent === '0'"))
        .await;
    let mut socket = ada.socket().await;
    desk.wait(&format!("{sockets}.querySelector('.chart-value').textContent === '1'"))
        .await;
    for number in 0..20 {
        socket.publish(&ada.room(), "said", &json!(number)).await;
    }
    let delivered =
        "[...document.querySelectorAll('.chart')].find((one) => one.innerText.includes('Events delivered'))";
    desk.wait(&format!(
        "{delivered}.querySelector('.chart-range').textContent !== 'most 0'"
    ))
    .await;
    desk.keep_picture("overview.png").await;
    let points = format!("{sockets}.querySelector('.chart-line').getAttribute('d').split('L').length");
    let drawn = desk.browser.evaluate(&points).await;
    assert!(drawn.as_u64() >= Some(2), "{drawn}");
    let label = format!("{sockets}.querySelector('svg').getAttribute('aria-label')");
    assert_eq!(desk.browser.evaluate(&label).await, Value::from("Open sockets: 1"));
    drop(socket);
    desk.leave().await;
}
