//! Tenon's rooms, heard and spoken in by clients of Socket.IO.

use serde_json::{Value, json};
use tenon_tests::app::{Setup, subscription};

use super::client::{Client, Library, Transports};
use super::scene::Scene;

/// Text of one to four bytes a character.
const WORDS: &str = "ship \u{e9}t\u{e9} \u{65e5}\u{672c} \u{1f6a2}";

/// Joins, hears, speaks, is told of mistakes, and leaves.
async fn talk(client: &mut Client, scene: &mut Scene) {
    scene.subscribe(client, None).await;
    let said = scene.say(&json!(WORDS)).await;
    scene.hears(client, &json!(WORDS), &said).await;

    let publish = json!([scene.room, "said", { "by": "the client" }]);
    let published = client.call("/", "publish", &publish).await;
    assert_eq!(published[0]["ok"], true, "{published}");
    scene.hears(client, &json!({ "by": "the client" }), &published[0]).await;
    scene.heard(&published[0]["offset"]).await;

    let nowhere = "018f0000-0000-7000-8000-000000000000";
    let mistake = client.call("/", "subscribe:site", &json!([nowhere])).await;
    let room = format!("{}:site:{nowhere}", scene.ada.room());
    let code = scene.speaker.refused(subscription(&room, None)).await;
    assert_eq!((&mistake[0]["ok"], &mistake[0]["code"]), (&json!(false), &json!(code)));
    client.emit("/", "jump", &json!([1])).await;
    let error = client.event("/", "tenon:error").await;
    assert_eq!(
        (&error[0]["event"], &error[0]["code"]),
        (&json!("jump"), &json!("unknown_event"))
    );

    let left = client.call("/", "unsubscribe:site", &json!([scene.site])).await;
    assert_eq!(left, json!([{ "ok": true, "room": scene.room }]));
    scene.say(&json!("to nobody")).await;
}

/// Is cut off, and gets what it missed: by its library's recovery if it has that, else by saying where it was.
async fn come_back(client: &mut Client, scene: &mut Scene) {
    scene.subscribe(client, None).await;
    let said = scene.say(&json!("before")).await;
    let last = scene.hears(client, &json!("before"), &said).await;
    scene.part().await;
    client.disconnected("/").await;
    let mut missed = Vec::new();
    for number in 0..10 {
        missed.push((json!(number), scene.say(&json!(number)).await));
    }
    scene.proxy.lead_to(scene.app.address());
    if client.library == Library::Node {
        assert_eq!(client.connected("/").await, "recovered", "{client:?}");
    } else {
        scene.welcomed(client, "/").await;
        scene.subscribe(client, Some(&last)).await;
    }
    for (data, said) in &missed {
        scene.hears(client, data, said).await;
    }
    let said = scene.say(&json!("after")).await;
    scene.hears(client, &json!("after"), &said).await;
}

/// Is thrown out with the session, told why, and stays out.
async fn end(client: &mut Client, scene: &Scene, transports: Transports) {
    scene.ada.end_session(&scene.phone.session).await.expect(204);
    let mut came = client.next().await;
    // The person's other devices hear of it, and this one may, too.
    while came["event"] == "session.ended" {
        came = client.next().await;
    }
    let closing = json!({ "code": 4401, "message": "the session has ended" });
    assert_eq!(
        came,
        json!({ "namespace": "/", "event": "tenon:closing", "args": [closing] })
    );
    client.disconnected("/").await;
    let mut again = scene.client(client.library, "/", transports).await;
    assert_eq!(
        again.next().await,
        json!({ "namespace": "/", "refused": "Invalid or expired token" })
    );
}

async fn everything(library: Library, setup: Setup) {
    for transports in Transports::ALL {
        let mut scene = Scene::set(setup.options()).await;
        let mut client = scene.client(library, "/", transports).await;
        scene.welcomed(&mut client, "/").await;
        client.is_on(transports).await;
        talk(&mut client, &mut scene).await;
        come_back(&mut client, &mut scene).await;
        client.is_on(transports).await;
        end(&mut client, &scene, transports).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn socket_io_client_on_node_does_in_rooms_all_that_a_client_does() {
    everything(Library::Node, Setup::PostgresWithRedis).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn socket_io_client_on_node_does_so_without_redis_too() {
    everything(Library::Node, Setup::SqliteAlone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn socketio_on_python_does_in_rooms_all_that_a_client_does() {
    everything(Library::Python, Setup::PostgresWithRedis).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rust_socketio_does_in_rooms_all_that_a_client_does() {
    everything(Library::Rust, Setup::PostgresWithRedis).await;
}

/// Bad ones, and what is said of them.
fn refusals() -> [(Value, &'static str); 3] {
    let (missing, bad) = ("Authentication token required", "Invalid or expired token");
    [
        (json!({}), missing),
        (json!({ "token": "" }), missing),
        (json!({ "token": "eyJhbGciOiJIUzI1NiJ9.e30.bad" }), bad),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_good_token_nobody_enters_any_namespace() {
    let scene = Scene::set(Setup::SqliteAlone.options()).await;
    let origin = scene.proxy.origin();
    for library in Library::ALL {
        let mut client = library.start();
        for namespace in ["/", "/events", "/cluster"] {
            for (auth, message) in refusals() {
                client.open_as(&origin, namespace, auth).await;
                assert_eq!(
                    client.next().await,
                    json!({ "namespace": namespace, "refused": message }),
                    "{library:?}"
                );
            }
        }
        let auth = json!({ "token": scene.phone.token() });
        for (namespace, message) in [
            ("/cluster", "Operator access required"),
            ("/rooms", "Invalid namespace"),
        ] {
            client.open_as(&origin, namespace, auth.clone()).await;
            assert_eq!(
                client.next().await,
                json!({ "namespace": namespace, "refused": message })
            );
        }
    }
}
