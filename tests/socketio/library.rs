//! The crate by itself: clients at the server that its example is.

use serde_json::{Value, json};

use super::client::{Client, Library, Opening, Transports};
use super::echo::{Echo, PING_INTERVAL, PING_TIMEOUT};

/// Text of one to four bytes a character.
const WORDS: &str = "ship \u{e9}t\u{e9} \u{65e5}\u{672c} \u{1f6a2}";

fn auth() -> Value {
    json!({ "token": "a", "n": [1, { "b": null }] })
}

/// A client of this library that has begun to connect.
async fn open(library: Library, echo: &Echo, namespaces: &[&str], transports: Transports) -> Client {
    let mut client = library.start();
    client
        .open(&Opening::of(&echo.origin(), namespaces, auth()).over(transports))
        .await;
    client
}

/// Is in the namespace, and is told what it came with.
async fn enter(client: &mut Client, namespace: &str) {
    assert_eq!(client.connected(namespace).await, "anew");
    assert_eq!(client.event(namespace, "auth").await, json!([auth()]));
}

/// Says things and hears them, whichever way.
async fn talk(client: &mut Client) {
    let bytes = json!([{ "base64": "AAEC/w==" }]);
    for said in [json!([WORDS, 1, { "a": [true, null] }]), bytes.clone()] {
        client.emit("/", "message", &said).await;
        assert_eq!(client.event("/", "message-back").await, said);
    }
    let asked = json!([1, "2", { "3": [false] }]);
    assert_eq!(client.call("/", "message-with-ack", &asked).await, asked);
    if client.library != Library::Rust {
        assert_eq!(client.call("/", "message-with-ack", &bytes).await, bytes);
        let mixed = json!([{ "first": { "base64": "AQ==" } }, "and", [{ "base64": "Ag==" }]]);
        assert_eq!(client.call("/", "message-with-ack", &mixed).await, mixed);
        client.emit("/", "message", &mixed).await;
        assert_eq!(client.event("/", "message-back").await, mixed);
    }
}

/// Over each transport: enters, talks, and hears everything in order while the transport changes under it.
async fn all_that_a_client_does(library: Library) {
    let echo = Echo::start().await;
    for transports in Transports::ALL {
        let mut client = open(library, &echo, &["/"], transports).await;
        enter(&mut client, "/").await;
        for number in 0..100 {
            client.emit("/", "message", &json!([number])).await;
        }
        for number in 0..100 {
            assert_eq!(
                client.event("/", "message-back").await,
                json!([number]),
                "{transports:?}"
            );
        }
        talk(&mut client).await;
        client.is_on(transports).await;
        talk(&mut client).await;
    }
}

#[tokio::test]
async fn socket_io_client_on_node_does_all_that_a_client_does() {
    all_that_a_client_does(Library::Node).await;
}

#[tokio::test]
async fn socketio_on_python_does_all_that_a_client_does() {
    all_that_a_client_does(Library::Python).await;
}

#[tokio::test]
async fn rust_socketio_does_all_that_a_client_does() {
    all_that_a_client_does(Library::Rust).await;
}

#[tokio::test]
async fn a_namespace_that_there_is_not_is_refused_by_name_and_another_one_is_not() {
    let echo = Echo::start().await;
    for library in Library::ALL {
        for transports in Transports::ALL {
            let mut stranger = open(library, &echo, &["/nowhere"], transports).await;
            let expected = json!({ "namespace": "/nowhere", "refused": "Invalid namespace" });
            assert_eq!(stranger.next().await, expected, "{library:?}");
            let mut guest = open(library, &echo, &["/custom"], transports).await;
            enter(&mut guest, "/custom").await;
        }
    }
}

#[tokio::test]
async fn namespaces_share_a_connection_and_one_is_left_without_the_other() {
    let echo = Echo::start().await;
    for transports in Transports::ALL {
        for library in [Library::Node, Library::Python] {
            let mut client = open(library, &echo, &["/", "/custom"], transports).await;
            let mut came = Vec::new();
            for _ in 0..4 {
                came.push(client.next().await);
            }
            for namespace in ["/", "/custom"] {
                let mine: Vec<_> = came.iter().filter(|thing| thing["namespace"] == namespace).collect();
                assert_eq!(mine[0]["connected"], "anew", "{came:?}");
                assert_eq!(mine[1]["args"], json!([auth()]), "{came:?}");
            }
            // Python leaves all at once.
            if library == Library::Node {
                client.leave("/custom").await;
                client.disconnected("/custom").await;
            }
            talk(&mut client).await;
        }
    }
}

/// The server dies without a word and is back on its port.
async fn comes_back(library: Library) {
    for transports in Transports::ALL {
        let mut echo = Echo::start().await;
        let mut client = open(library, &echo, &["/"], transports).await;
        enter(&mut client, "/").await;
        client.is_on(transports).await;
        echo.kill().await;
        client.disconnected("/").await;
        echo.start_again().await;
        enter(&mut client, "/").await;
        client.is_on(transports).await;
        talk(&mut client).await;
    }
}

#[tokio::test]
async fn socket_io_client_on_node_comes_back_when_the_server_does() {
    comes_back(Library::Node).await;
}

#[tokio::test]
async fn socketio_on_python_comes_back_when_the_server_does() {
    comes_back(Library::Python).await;
}

#[tokio::test]
async fn rust_socketio_comes_back_when_the_server_does() {
    comes_back(Library::Rust).await;
}

#[tokio::test]
async fn connections_live_on_over_many_heartbeats() {
    let echo = Echo::start().await;
    let mut clients = Vec::new();
    for library in Library::ALL {
        for transports in Transports::ALL {
            let mut client = open(library, &echo, &["/"], transports).await;
            enter(&mut client, "/").await;
            clients.push(client);
        }
    }
    // Twice as long as a client lives that answers no ping.
    tokio::time::sleep(2 * (PING_INTERVAL + PING_TIMEOUT)).await;
    for client in &mut clients {
        talk(client).await;
    }
}
