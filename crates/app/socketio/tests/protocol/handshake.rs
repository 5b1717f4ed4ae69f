use serde_json::Value;

use crate::client::{POLLING, WEBSOCKET};
use crate::server::{Server, patient};

fn members(open: &str) -> Vec<(String, Value)> {
    let open: serde_json::Map<String, Value> = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
    open.into_iter().collect()
}

#[actix_web::test]
async fn a_handshake_by_polling_has_five_members_and_offers_websocket() {
    let server = Server::start(patient());
    let reply = server.request("GET", POLLING, "").await;
    assert_eq!(reply.status, 200);
    assert!(
        reply.head.contains("content-type: text/plain; charset=utf-8"),
        "{}",
        reply.head
    );
    assert!(reply.head.contains("cache-control: no-store"));
    let members = members(&reply.body);
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["maxPayload", "pingInterval", "pingTimeout", "sid", "upgrades"]);
    assert_eq!(members[0].1, 1_000_000);
    assert_eq!(
        (&members[1].1, &members[2].1),
        (&Value::from(100_000), &Value::from(100_000))
    );
    assert!(members[3].1.as_str().unwrap().len() >= 20);
    assert_eq!(members[4].1, serde_json::json!(["websocket"]));
    assert_eq!(server.engine.open(), 1);
}

#[actix_web::test]
async fn a_handshake_by_websocket_has_five_members_and_offers_nothing() {
    let server = Server::start(patient());
    let mut socket = server.websocket(WEBSOCKET).await.unwrap();
    let members = members(&socket.text().await);
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["maxPayload", "pingInterval", "pingTimeout", "sid", "upgrades"]);
    assert_eq!(members[4].1, serde_json::json!([]));
}

#[actix_web::test]
async fn an_unknown_transport_is_error_0() {
    let server = Server::start(patient());
    for query in [
        "EIO=4",
        "EIO=4&transport=abc",
        "EIO=4&transport=",
        "",
        "EIO=4&transport=constructor",
    ] {
        assert_eq!(server.request("GET", query, "").await.error(), (400, 0), "{query}");
    }
    assert_eq!(server.websocket("EIO=4&transport=abc").await.err(), Some(400));
}

#[actix_web::test]
async fn an_unknown_sid_is_error_1() {
    let server = Server::start(patient());
    let sids = ["abc", "", "AAAAAAAAAAAAAAAAAAAAAAAA", "%00", &"a".repeat(5000)];
    for sid in sids {
        let query = format!("{POLLING}&sid={sid}");
        assert_eq!(server.request("GET", &query, "").await.error(), (400, 1), "{sid}");
        assert_eq!(server.request("POST", &query, "4x").await.error(), (400, 1), "{sid}");
    }
    let query = format!("{WEBSOCKET}&sid=AAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(server.websocket(&query).await.err(), Some(400));
}

#[actix_web::test]
async fn a_handshake_that_is_no_get_is_error_2() {
    let server = Server::start(patient());
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(server.request(method, POLLING, "").await.error(), (400, 2), "{method}");
    }
    assert_eq!(server.request("POST", WEBSOCKET, "").await.error(), (400, 2));
}

#[actix_web::test]
async fn a_websocket_handshake_without_an_upgrade_is_error_3() {
    let server = Server::start(patient());
    assert_eq!(server.request("GET", WEBSOCKET, "").await.error(), (400, 3));
}

#[actix_web::test]
async fn a_method_that_a_session_does_not_know_is_error_3() {
    let server = Server::start(patient());
    let poller = server.open().await;
    assert_eq!(server.request("PUT", &poller.query, "").await.error(), (400, 3));
}

#[actix_web::test]
async fn another_version_is_error_5() {
    let server = Server::start(patient());
    for query in [
        "transport=polling",
        "EIO=abc&transport=polling",
        "EIO=3&transport=polling",
        "EIO=5&transport=polling",
    ] {
        assert_eq!(server.request("GET", query, "").await.error(), (400, 5), "{query}");
    }
    assert_eq!(server.websocket("EIO=3&transport=websocket").await.err(), Some(400));
    assert_eq!(server.engine.open(), 0);
}

#[actix_web::test]
async fn polling_with_the_sid_of_a_websocket_is_error_3() {
    let server = Server::start(patient());
    let mut socket = server.websocket(WEBSOCKET).await.unwrap();
    let members = members(&socket.text().await);
    let sid = members[3].1.as_str().unwrap().to_owned();
    let reply = server.request("GET", &format!("{POLLING}&sid={sid}"), "").await;
    assert_eq!(reply.error(), (400, 3));
    let mut other = server.websocket(&format!("{WEBSOCKET}&sid={sid}")).await.unwrap();
    assert_eq!(other.closed().await, Some(1008));
    socket.send("40").await;
    assert!(socket.text().await.starts_with("40{"));
}

#[actix_web::test]
async fn a_server_that_drains_takes_no_new_sessions_and_keeps_the_others() {
    let server = Server::start(patient());
    let mut socket = server.join().await;
    server.engine.drain();
    assert_eq!(server.request("GET", POLLING, "").await.status, 503);
    assert_eq!(server.websocket(WEBSOCKET).await.err(), Some(503));
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
}

#[actix_web::test]
async fn sessions_without_a_namespace_are_limited() {
    let mut settings = patient();
    settings.unconnected = 2;
    let server = Server::start(settings);
    let mut one = server.connect().await;
    let _other = server.open().await;
    assert_eq!(server.request("GET", POLLING, "").await.status, 503);
    assert_eq!(server.websocket(WEBSOCKET).await.err(), Some(503));
    one.enter().await;
    let _another = server.connect().await;
    assert_eq!(server.engine.open(), 3);
}
