use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::Person;
use tenon_tests::for_each_setup;
use tenon_tests::waiting::until_ok;

fn users(answer: &Value) -> Vec<&str> {
    let present = answer["present"].as_array().unwrap();
    present
        .iter()
        .map(|present| present["user"].as_str().unwrap())
        .collect()
}

for_each_setup!(whoever_asks_who_is_in_a_room_hears_who_comes_and_goes, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let bob = ada.take_in(&app.register("bob").await, "viewer").await;
    ada.all_told().await;
    let mut hers = ada.socket().await;
    let asked = json!({ "type": "presence", "room": ada.room() });
    // Entering goes on beside the welcome.
    let mut present = hers.ok(asked.clone()).await;
    for _ in 0..20 {
        if !users(&present).is_empty() {
            break;
        }
        present = hers.ok(asked.clone()).await;
    }
    assert_eq!(users(&present), [ada.id.as_str()]);
    assert_eq!(present["present"][0]["connections"], 1);
    let (his, more) = (bob.socket().await, bob.socket().await);
    let joined = hers.next_of("presence").await;
    assert_eq!(
        joined,
        json!({ "type": "presence", "room": ada.room(), "joined": bob.id })
    );
    his.close().await;
    more.close().await;
    let left = hers.next_of("presence").await;
    assert_eq!(left, json!({ "type": "presence", "room": ada.room(), "left": bob.id }));
    let other = json!({ "type": "presence", "room": format!("org:{}", bob.id) });
    assert_eq!(hers.refused(other).await, "not_subscribed");
});

/// Waits until everybody but these is out of the room.
async fn are_alone_there(people: &[&Person]) {
    until_ok("the others are out", Duration::from_secs(20), async || {
        let present = people[0].presence_of(&people[0].room()).await.expect(200).json();
        let mut there = users(&present);
        there.sort_unstable();
        let mut expected: Vec<_> = people.iter().map(|person| person.id.as_str()).collect();
        expected.sort_unstable();
        if there == expected {
            Ok(())
        } else {
            Err(present.to_string())
        }
    })
    .await;
}

for_each_setup!(
    whoever_begins_to_watch_is_told_of_somebody_who_comes_back_at_once,
    |setup| {
        // Both who watch are served by the same thread.
        let app = setup.options().set("TENON__SERVER__WORKERS", "1").start().await;
        let ada = app.register("ada").await;
        let mut others = Vec::new();
        for name in ["bob", "cyd", "dan"] {
            others.push(ada.take_in(&app.register(name).await, "viewer").await);
        }
        let [bob, cyd, dan] = &others[..] else { unreachable!() };
        ada.all_told().await;
        let (mut hers, mut theirs) = (ada.socket().await, cyd.socket().await);
        let (his, more) = (bob.socket().await, dan.socket().await);
        are_alone_there(&[&ada, bob, cyd, dan]).await;
        let asked = json!({ "type": "presence", "room": ada.room() });
        hers.ok(asked.clone()).await;
        // Just after it was looked who is there, which it is each second, Bob reloads his page.
        more.close().await;
        let left = hers.next_of("presence").await;
        assert_eq!(left["left"], json!(dan.id), "{left}");
        his.close().await;
        are_alone_there(&[&ada, cyd]).await;
        let present = theirs.ok(asked).await;
        assert_eq!(users(&present).len(), 2, "{present}");
        let his = bob.socket().await;
        let joined = theirs.next_of("presence").await;
        assert_eq!(joined["joined"], json!(bob.id), "{joined}");
        his.close().await;
        let left = theirs.next_of("presence").await;
        assert_eq!(left["left"], json!(bob.id), "{left}");
    }
);
