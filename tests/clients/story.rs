//! What every client must be able to do, whoever wrote it.

use serde_json::{Value, json};
use tenon_tests::app::{Person, Socket, TestApp, subscription};
use tenon_tests::fault_proxy::FaultProxy;

use super::Drive;

/// Text of one to four bytes a character.
const WORDS: &str = "ship \u{e9}t\u{e9} \u{65e5}\u{672c} \u{1f6a2}";

/// How a client opens a socket, told once for each time.
pub struct Way<'a> {
    /// What it is told to open; its `url` begins with the path.
    pub open: &'a [Value],
    pub protocol: &'a str,
    /// What it is told of a refusal.
    pub refusal: Value,
}

/// Somebody who listens over a foreign client, and somebody who speaks over ours.
pub struct Scene {
    pub proxy: FaultProxy,
    pub ada: Person,
    pub phone: Person,
    room: String,
    speaker: Socket,
}

impl Scene {
    pub async fn set(app: &TestApp) -> Self {
        let ada = app.register("ada").await;
        let phone = ada.sign_in().await;
        let site = ada.made_site(&ada.organization, "Harbor").await;
        ada.all_told().await;
        Self {
            proxy: FaultProxy::to(app.address()).await,
            room: format!("{}:site:{site}", ada.room()),
            speaker: ada.socket().await,
            ada,
            phone,
        }
    }

    async fn say(&mut self, data: &Value) -> u64 {
        let said = self.speaker.publish(&self.room, "said", data).await;
        said["offset"].as_u64().unwrap()
    }
}

async fn frame(client: &mut impl Drive) -> Value {
    let came = client.ask(&json!({ "next": true })).await;
    let text = came["text"]
        .as_str()
        .unwrap_or_else(|| panic!("instead of a frame: {came}"));
    serde_json::from_str(text).unwrap()
}

async fn send(client: &mut impl Drive, text: &str) {
    assert_eq!(client.ask(&json!({ "send": text })).await, json!({}));
}

/// Opens a socket, and joins the room after a position if there is one; answers where the room is.
async fn enter(client: &mut impl Drive, scene: &Scene, way: &Way<'_>, time: usize, after: Option<&Value>) -> Value {
    let opened = client.ask(&json!({ "open": way.open[time] })).await;
    assert_eq!(opened, json!({ "opened": way.protocol }));
    let welcome = frame(client).await;
    assert_eq!(
        (&welcome["type"], &welcome["user"]),
        (&json!("welcome"), &json!(scene.ada.id))
    );
    let after = after.map(|after| (after["epoch"].as_str().unwrap(), after["offset"].as_u64().unwrap()));
    let mut join = subscription(&scene.room, after);
    join["id"] = json!(1);
    send(client, &join.to_string()).await;
    let joined = frame(client).await;
    assert_eq!((&joined["type"], &joined["id"]), (&json!("ok"), &json!(1)), "{joined}");
    joined
}

/// Hears, is cut off, comes back for what it missed, is told of a mistake, is thrown out, and stays out.
pub async fn run(client: &mut impl Drive, scene: &mut Scene, way: &Way<'_>) {
    enter(client, scene, way, 0, None).await;
    scene.say(&json!(WORDS)).await;
    let heard = frame(client).await;
    let expected = (&json!("event"), &json!(WORDS), &json!(scene.ada.id));
    assert_eq!((&heard["type"], &heard["data"], &heard["from"]), expected);

    scene.proxy.cut();
    let cut = client.ask(&json!({ "next": true })).await;
    assert_eq!(cut["closed"], 1006, "{cut}");
    let mut missed = Vec::new();
    for number in 0..20 {
        missed.push((scene.say(&json!(number)).await, json!(number)));
    }
    enter(client, scene, way, 1, Some(&heard)).await;
    for (offset, number) in missed {
        let event = frame(client).await;
        assert_eq!((&event["offset"], &event["data"]), (&json!(offset), &number), "{event}");
    }

    send(client, r#"{"id":"mine","type":"jump"}"#).await;
    let error = frame(client).await;
    let expected = (&json!("error"), &json!("mine"), &json!("unknown_type"));
    assert_eq!((&error["type"], &error["id"], &error["code"]), expected);
    send(client, r#"{"id":2,"type":"ping"}"#).await;
    assert_eq!(frame(client).await, json!({ "type": "pong", "id": 2 }));

    scene.ada.end_session(&scene.phone.session).await.expect(204);
    let mut closed = client.ask(&json!({ "next": true })).await;
    // The person's other devices hear of it, and this one may, too.
    if closed["text"]
        .as_str()
        .is_some_and(|text| text.contains("session.ended"))
    {
        closed = client.ask(&json!({ "next": true })).await;
    }
    assert_eq!(closed, json!({ "closed": 4401, "reason": "the session has ended" }));
    let refused = client.ask(&json!({ "open": way.open[2] })).await;
    assert_eq!(refused, json!({ "refused": way.refusal }));
}
