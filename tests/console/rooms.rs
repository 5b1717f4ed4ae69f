//! The page of rooms: what happens appears there as it happens.

use serde_json::json;
use tenon_tests::app::{Person, Setup, TestApp};
use tenon_tests::fault_proxy::FaultProxy;
use tenon_tests::for_each_setup;

use super::desk::Desk;
use super::visit::{live, press, text_in, visit, visit_over};

struct Scene {
    ada: Person,
    /// The path of a site.
    site: String,
    /// Its room.
    room: String,
}

impl Scene {
    async fn set(app: &TestApp) -> Self {
        let ada = app.register("ada").await;
        let id = ada.made_site(&ada.organization, "North plant").await;
        ada.all_told().await;
        Self {
            site: format!("{}/sites/{id}", ada.organization),
            room: format!("{}:site:{id}", ada.room()),
            ada,
        }
    }

    /// Listens to the room of the site.
    async fn listen(&self, desk: &mut Desk) {
        press(desk, &switch(&self.room)).await;
        // An offset is shown as soon as the room is entered.
        desk.wait(&format!("{}.textContent", offset_of(&self.room))).await;
    }
}

/// What one presses to listen to a room and to leave it.
fn switch(room: &str) -> String {
    format!(".rooms-places label[data-room='{room}'] input")
}

fn offset_of(room: &str) -> String {
    format!("document.querySelector(\"[data-offset-of='{room}']\")")
}

fn rows(room: &str) -> String {
    format!("[...document.querySelectorAll(\".live tbody tr[data-room='{room}']\")]")
}

/// The offsets of a room that are shown, the earliest first; a gap is shown as one.
async fn shown(desk: &mut Desk, room: &str) -> Vec<String> {
    let offsets = format!(
        "{}.reverse().map((row) => row.dataset.note ?? row.dataset.offset)",
        rows(room)
    );
    serde_json::from_value(desk.browser.evaluate(&offsets).await).unwrap()
}

async fn until_rows(desk: &mut Desk, room: &str, count: usize) {
    desk.wait(&format!("{}.length >= {count}", rows(room))).await;
}

for_each_setup!(
    an_event_appears_with_its_offset_as_it_happens_and_what_is_published_is_heard_by_others,
    |setup| {
        let app = setup.start().await;
        let scene = Scene::set(&app).await;
        let mut desk = visit(&app, &scene.ada, "/rooms", "Rooms").await;
        scene.listen(&mut desk).await;
        let Scene { ada, site, room } = scene;
        let mut other = ada.socket().await;
        other.subscribe(&room, None).await;
        let emitted = ada.emit(&site, "door.opened", &json!({ "door": 7 })).await;
        let offset = emitted.expect(200).json()["offset"].to_string();
        until_rows(&mut desk, &room, 1).await;
        assert_eq!(shown(&mut desk, &room).await, [offset.as_str()]);
        desk.see(r#"door.opened ada {"door":7}"#).await;
        text_in(&mut desk, ".live td[data-label=Room]", "North plant").await;
        desk.wait(&format!("{}.textContent === '{offset}'", offset_of(&room)))
            .await;
        assert_eq!(other.next_of("event").await["event"], "door.opened");

        desk.choose("Room", &room).await;
        desk.fill("Event", "note.left").await;
        desk.fill("Data, as JSON", "{").await;
        desk.click("Publish").await;
        desk.see("The data is not JSON").await;
        desk.fill("Data, as JSON", r#"{"text": "from the page"}"#).await;
        desk.click("Publish").await;
        let heard = other.next_of("event").await;
        assert_eq!(heard["event"], "note.left");
        assert_eq!(heard["data"], json!({ "text": "from the page" }));
        desk.see(&format!("Published at offset {}.", heard["offset"])).await;
        until_rows(&mut desk, &room, 2).await;
        desk.leave().await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_was_cut_off_shows_what_it_missed_once_and_after_a_restart_that_events_are_missing() {
    let mut app = Setup::SqliteAlone.start().await;
    let scene = Scene::set(&app).await;
    let proxy = FaultProxy::to(app.address()).await;
    let mut desk = visit_over(&proxy, &app, &scene.ada, "/rooms", "Rooms").await;
    scene.listen(&mut desk).await;
    let Scene { ada, site, room } = scene;
    let mut offsets = Vec::new();
    for number in 0..3 {
        if number > 0 {
            proxy.cut();
        }
        for _ in 0..4 {
            let emitted = ada.emit(&site, "counted", &json!(number)).await.expect(200).json();
            offsets.push(emitted["offset"].to_string());
        }
        until_rows(&mut desk, &room, offsets.len()).await;
    }
    assert_eq!(shown(&mut desk, &room).await, offsets);

    // An instance alone has its rooms in memory.
    app.restart().await;
    proxy.lead_to(app.address());
    desk.see("Events were missed: the history does not reach back.").await;
    live(&mut desk).await;
    until_rows(&mut desk, &room, offsets.len() + 1).await;
    let after = ada.emit(&site, "counted", &json!("after")).await.expect(200).json();
    until_rows(&mut desk, &room, offsets.len() + 2).await;
    offsets.extend(["gap".to_owned(), after["offset"].to_string()]);
    assert_eq!(shown(&mut desk, &room).await, offsets);
}

for_each_setup!(a_page_shows_who_comes_and_who_goes_and_leaves_a_room, |setup| {
    let app = setup.start().await;
    let scene = Scene::set(&app).await;
    let mut desk = visit(&app, &scene.ada, "/rooms", "Rooms").await;
    scene.listen(&mut desk).await;
    let Scene { ada, site, room } = scene;
    text_in(&mut desk, ".presence .name", "ada").await;
    let bob = app.register("bob").await;
    let bob = ada.take_in(&bob, "member").await;
    let socket = bob.socket().await;
    text_in(&mut desk, ".presence .name", "bob").await;
    socket.close().await;
    desk.wait("document.querySelectorAll('.presence .name').length === 1")
        .await;

    press(&mut desk, &switch(&room)).await;
    desk.wait(&format!("{}.textContent === ''", offset_of(&room))).await;
    // The page asks to leave before it says anything else, so the answer to that comes after the room was left.
    desk.fill("Event", "said").await;
    desk.click("Publish").await;
    desk.see("Published at offset").await;
    ada.emit(&site, "unheard", &json!(1)).await.expect(200);
    // What comes after it in a room that was not left shows that it did not come.
    ada.emit(&ada.organization, "heard", &json!(1)).await.expect(200);
    text_in(&mut desk, ".live code", "heard").await;
    assert_eq!(shown(&mut desk, &room).await, Vec::<String>::new());
    desk.leave().await;
});

/// Counts how often the line is opened from now on.
const COUNT_OPENINGS: &str = "(() => {
  const standing = document.querySelector('.standing');
  globalThis.openings = 0;
  new MutationObserver(() => {
    globalThis.openings += standing.dataset.state === 'open' ? 1 : 0;
  }).observe(standing, { attributes: true });
})()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_somebody_whose_role_changes_goes_on_with_the_new_one() {
    let app = Setup::SqliteAlone.start().await;
    let scene = Scene::set(&app).await;
    let bob = app.register("bob").await;
    let bob = scene.ada.take_in(&bob, "member").await;
    let mut desk = visit(&app, &bob, "/rooms", "Rooms").await;
    scene.listen(&mut desk).await;
    let Scene { ada, site, room } = scene;
    let member = ada.member(&ada.organization, &bob.id).await.expect(200);
    let etag = member.etag();
    let before = ada.emit(&site, "before", &json!(1)).await.expect(200).json();
    until_rows(&mut desk, &room, 1).await;
    desk.browser.evaluate(COUNT_OPENINGS).await;
    ada.change_role(&ada.organization, &bob.id, &etag, "viewer")
        .await
        .expect(200);
    // The token that speaks of the old role is refused once, and replaced.
    desk.expect_refusal(401);
    desk.wait("globalThis.openings > 0").await;
    let after = ada.emit(&site, "after", &json!(2)).await.expect(200).json();
    until_rows(&mut desk, &room, 2).await;
    let offsets = [before, after].map(|event| event["offset"].to_string());
    assert_eq!(shown(&mut desk, &room).await, offsets);
    desk.fill("Event", "said").await;
    desk.click("Publish").await;
    desk.see("It takes the role member.").await;
    desk.leave().await;
}
