//! The page's client of `tenon.v1`, on Node, over a proxy that is cut.

use serde_json::{Value, json};
use tenon_tests::app::{Person, Setup, TestApp};
use tenon_tests::fault_proxy::FaultProxy;
use tenon_tests::for_each_setup;
use tenon_tests::program::Program;

const CUTS: u64 = 12;

/// Events while the client is away, after each cut.
const MISSED: u64 = 5;

struct Scene {
    app: TestApp,
    ada: Person,
    proxy: FaultProxy,
    page: Program,
}

/// A client that has opened its line.
async fn begun(setup: Setup) -> Scene {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let proxy = FaultProxy::to(app.address()).await;
    let mut page = Program::node("console.mjs");
    let open = json!({ "open": { "origin": proxy.origin(), "token": ada.token() } });
    assert_eq!(page.ask(&open).await, json!({}));
    state(&mut page, "open").await;
    Scene { app, ada, proxy, page }
}

async fn next(page: &mut Program) -> Value {
    page.ask(&json!({ "next": true })).await
}

/// Until the line is like this.
async fn state(page: &mut Program, name: &str) {
    while next(page).await["state"] != name {}
}

/// The next thing of one of these types that was heard of a room.
async fn heard(page: &mut Program, room: &str, types: &[&str]) -> Value {
    loop {
        let heard = next(page).await["heard"].take();
        if heard["room"] == room && types.iter().any(|kind| heard["type"] == *kind) {
            return heard;
        }
    }
}

for_each_setup!(
    the_page_hears_each_event_once_and_in_order_however_often_it_is_cut_off,
    |setup| {
        let Scene {
            ada,
            proxy,
            mut page,
            app: _app,
        } = begun(setup).await;
        let site = ada.made_site(&ada.organization, "North").await;
        let place = format!("{}/sites/{site}", ada.organization);
        let room = format!("org:{}:site:{site}", ada.organization);
        page.ask(&json!({ "subscribe": room })).await;
        let mut place_in_room = heard(&mut page, &room, &["entered"]).await["offset"].as_u64().unwrap();
        let mut number = 0;
        for _ in 0..CUTS {
            proxy.cut();
            for _ in 0..MISSED {
                ada.emit(&place, "counted", &json!(number)).await.expect(200);
                number += 1;
            }
            for wanted in number - MISSED..number {
                let event = heard(&mut page, &room, &["event", "gap"]).await;
                place_in_room += 1;
                assert_eq!(
                    (&event["type"], &event["data"]),
                    (&json!("event"), &json!(wanted)),
                    "{event}"
                );
                assert_eq!(event["offset"], place_in_room);
            }
        }
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_told_of_a_gap_and_goes_on_after_it() {
    let Scene {
        mut app,
        ada,
        proxy,
        mut page,
    } = begun(Setup::SqliteAlone).await;
    let room = ada.room();
    ada.emit(&ada.organization, "before", &json!(1)).await.expect(200);
    let before = heard(&mut page, &room, &["event"]).await;
    app.restart().await;
    proxy.lead_to(app.address());
    let gap = heard(&mut page, &room, &["event", "gap"]).await;
    assert_eq!(gap["type"], "gap");
    assert_ne!(gap["epoch"], before["epoch"]);
    ada.emit(&ada.organization, "after", &json!(2)).await.expect(200);
    let after = heard(&mut page, &room, &["event", "gap"]).await;
    assert_eq!((&after["event"], &after["epoch"]), (&json!("after"), &gap["epoch"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_answered_refused_and_ends_when_the_session_does() {
    let Scene {
        ada,
        mut page,
        app: _app,
        proxy: _proxy,
    } = begun(Setup::SqliteAlone).await;
    let publish =
        |room: &str| json!({ "ask": { "type": "publish", "fields": { "room": room, "event": "said", "data": [1] } } });
    let answer = page.ask(&publish(&ada.room())).await;
    let event = heard(&mut page, &ada.room(), &["event"]).await;
    assert_eq!(answer["answer"]["offset"], event["offset"]);
    let elsewhere = format!("org:{}", "0198c0de-0000-7000-8000-000000000000");
    let refused = json!({ "failed": "Refused", "code": "room_not_found" });
    assert_eq!(page.ask(&publish(&elsewhere)).await, refused);
    assert_eq!(page.ask(&json!({ "subscribe": elsewhere })).await, refused);
    let lost = heard(&mut page, &elsewhere, &["lost"]).await;
    assert_eq!(lost["code"], "room_not_found");
    ada.logout().await.expect(204);
    state(&mut page, "refused").await;
    let cut = json!({ "failed": "Cut" });
    assert_eq!(page.ask(&publish(&ada.room())).await, cut);
}
