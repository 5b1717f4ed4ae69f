//! Who may open a socket, and how the token comes.

use serde_json::json;
use tenon_tests::app::Setup;
use tenon_tests::for_each_setup;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

for_each_setup!(
    a_token_comes_as_a_header_a_ticket_a_subprotocol_or_a_parameter,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let anybody = app.anonymous();
        let bearer = format!("Bearer {}", ada.token());
        let ticket = ada.ticket().await.expect(200).json();
        assert_eq!(ticket["expiresIn"], 30);
        let with_ticket = format!("/api/ws?ticket={}", ticket["ticket"].as_str().unwrap());
        let offered = format!("tenon.v1, bearer.{}", ada.token());
        let with_token = format!("/api/ws?token={}", ada.token());
        for (path, headers, protocol) in [
            ("/api/ws", vec![("authorization", bearer.as_str())], None),
            (with_ticket.as_str(), vec![], None),
            (
                "/api/ws",
                vec![("sec-websocket-protocol", offered.as_str())],
                Some("tenon.v1"),
            ),
            (with_token.as_str(), vec![], None),
        ] {
            let mut socket = anybody
                .handshake(path, &headers)
                .await
                .unwrap_or_else(|answer| panic!("{}", answer.text()));
            assert_eq!(socket.protocol.as_deref(), protocol);
            let welcome = socket.next().await;
            assert_eq!(
                (&welcome["type"], &welcome["user"]),
                (&json!("welcome"), &json!(ada.id))
            );
            socket.close().await;
        }
        let log = app.log_so_far().await;
        let (_, signature) = ada.token().rsplit_once('.').unwrap();
        assert!(log.contains("/api/ws"), "{log}");
        for secret in [signature, ticket["ticket"].as_str().unwrap()] {
            assert!(!log.contains(secret), "a secret is in the log");
        }
    }
);

for_each_setup!(whoever_has_no_good_token_is_told_so_before_the_upgrade, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let anybody = app.anonymous();
    let refused = async |path: &str, headers: &[(&str, &str)]| anybody.handshake(path, headers).await.err().unwrap();
    let missing = refused("/api/ws", &[]).await;
    let problem = missing.problem(401, "token_missing");
    assert_eq!(problem.document["title"], "Authentication token required");
    let gone = ada.sign_in().await;
    let ticket = gone.ticket().await.expect(200).json();
    gone.logout().await.expect(204);
    let revoked = format!("Bearer {}", gone.token());
    let ticket = format!("/api/ws?ticket={}", ticket["ticket"].as_str().unwrap());
    for (path, headers) in [
        ("/api/ws", vec![("authorization", "Bearer x")]),
        ("/api/ws", vec![("authorization", revoked.as_str())]),
        ("/api/ws?token=x", vec![]),
        ("/api/ws?ticket=x", vec![]),
        (ticket.as_str(), vec![]),
        ("/api/ws", vec![("sec-websocket-protocol", "tenon.v1, bearer.x")]),
    ] {
        let problem = refused(path, &headers).await.problem(401, "token_invalid");
        assert_eq!(problem.document["title"], "Invalid or expired token");
    }
    let operator = app.operator().await;
    let bearer = format!("Bearer {}", operator.token());
    refused("/api/ws", &[("authorization", &bearer)])
        .await
        .problem(403, "organization_required");
    let plain = ada.get("/api/ws").await;
    plain.problem(426, "upgrade_required");
    assert_eq!(plain.header("upgrade"), "websocket");
});

#[tokio::test]
async fn what_is_no_handshake_is_told_so() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (version, upgrade, keys) in [
        ("1.0", "websocket", key.to_owned()),
        ("1.1", "notwebsocket", key.to_owned()),
        ("1.1", "websocket", format!("{key}{key}")),
        ("1.1", "websocket", String::new()),
    ] {
        let request = format!(
            "GET /api/ws HTTP/{version}\r\nHost: a\r\nAuthorization: Bearer {}\r\nConnection: upgrade, close\r\n\
             Upgrade: {upgrade}\r\nSec-WebSocket-Version: 13\r\n{keys}\r\n",
            ada.token()
        );
        let mut stream = TcpStream::connect(app.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut line = vec![0; 12];
        stream.read_exact(&mut line).await.unwrap();
        let line = String::from_utf8(line).unwrap();
        assert_eq!(line, format!("HTTP/{version} 426"), "{upgrade}, {keys}");
    }
}

for_each_setup!(a_ticket_is_good_once_on_whatever_instance, |setup| {
    let app = setup.start().await;
    let other = match setup {
        Setup::SqliteAlone => None,
        Setup::PostgresWithRedis => Some(app.another(&[]).await),
    };
    let ada = app.register("ada").await;
    let ticket = ada.ticket().await.expect(200).json();
    let path = format!("/api/ws?ticket={}", ticket["ticket"].as_str().unwrap());
    let elsewhere = other.as_ref().unwrap_or(&app).anonymous();
    let (here, there) = (app.anonymous(), elsewhere);
    let attempts = (0..6).map(|attempt| {
        let client = if attempt % 2 == 0 { here.clone() } else { there.clone() };
        let path = path.clone();
        async move { client.handshake(&path, &[]).await.is_ok() }
    });
    let opened = tenon_tests::race::race(attempts).await;
    assert_eq!(opened.iter().filter(|opened| **opened).count(), 1);
    here.handshake(&path, &[])
        .await
        .err()
        .unwrap()
        .problem(401, "token_invalid");
});

for_each_setup!(pages_of_other_origins_are_refused, |setup| {
    let app = setup
        .options()
        .set("CORS_ORIGINS", "https://app.example.org")
        .start()
        .await;
    let ada = app.register("ada").await;
    let bearer = format!("Bearer {}", ada.token());
    let own = app.origin();
    for origin in ["https://app.example.org", own.as_str()] {
        let headers = [("authorization", bearer.as_str()), ("origin", origin)];
        assert!(ada.handshake("/api/ws", &headers).await.is_ok(), "{origin}");
    }
    for origin in [
        "https://evil.example.org",
        "null",
        "https://app.example.org.evil.org",
        "http://app.example.org",
    ] {
        let headers = [("authorization", bearer.as_str()), ("origin", origin)];
        let refused = ada.handshake("/api/ws", &headers).await.err().unwrap();
        refused.problem(403, "origin_not_allowed");
    }
});

for_each_setup!(a_token_as_a_parameter_can_be_switched_off, |setup| {
    let app = setup
        .options()
        .set("TENON__SOCKETS__TOKEN_IN_QUERY", "false")
        .start()
        .await;
    let ada = app.register("ada").await;
    let path = format!("/api/ws?token={}", ada.token());
    let refused = app.anonymous().handshake(&path, &[]).await.err().unwrap();
    refused.problem(401, "token_missing");
    ada.socket().await.close().await;
});
