use serde_json::{Value, json};
use tenon_tests::for_each_setup;

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
