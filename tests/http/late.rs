//! Bodies that are completed after the right to send them was taken away.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::TestApp;
use tenon_tests::for_each_setup;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// A request of which all but the last byte was sent.
struct Late {
    stream: TcpStream,
    last: u8,
}

impl Late {
    /// Returns when the server waits for the last byte.
    async fn begin(app: &TestApp, method: &str, path: &str, token: &str, body: &Value) -> Self {
        let body = body.to_string();
        let (last, most) = body.as_bytes().split_last().unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
             If-Match: *\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(app.address()).await.unwrap();
        stream.write_all(&[head.as_bytes(), most].concat()).await.unwrap();
        sleep(Duration::from_millis(500)).await;
        Self { stream, last: *last }
    }

    /// The status that is answered to the whole.
    async fn complete(mut self) -> u16 {
        self.stream.write_all(&[self.last]).await.unwrap();
        let mut answer = Vec::new();
        let read = self.stream.read_to_end(&mut answer);
        timeout(Duration::from_secs(15), read).await.unwrap().unwrap();
        let head = String::from_utf8_lossy(&answer);
        head.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

for_each_setup!(what_is_completed_after_a_right_was_taken_away_is_refused, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    let admin = ada.take_in(&bob, "admin").await;
    let invitations = format!("/api/orgs/{}/invitations", ada.organization);
    let invitation = json!({ "email": bob.email, "role": "admin" });
    let late = Late::begin(&app, "POST", &invitations, admin.token(), &invitation).await;
    ada.remove_member(&ada.organization, &bob.id, "*").await.expect(204);
    assert_eq!(late.complete().await, 401, "a member who was removed");

    let keys = format!("/api/orgs/{}/api-keys", ada.organization);
    let body = json!({ "name": "Warehouse", "scopes": ["assets:write"] });
    let made = ada.post(&keys, &body).await.expect(201).json();
    let (key, id) = (made["key"].as_str().unwrap(), made["id"].as_str().unwrap());
    let pump = json!({ "title": "Pump" });
    let late = Late::begin(&app, "POST", "/api/assets", key, &pump).await;
    let good = Late::begin(&app, "POST", "/api/assets", ada.token(), &pump).await;
    ada.revoke_api_key(&ada.organization, id).await.expect(204);
    assert_eq!(late.complete().await, 401, "an API key that was revoked");
    assert_eq!(good.complete().await, 201, "somebody who is slow");

    let late = Late::begin(
        &app,
        "PATCH",
        "/api/auth/me",
        ada.token(),
        &json!({ "displayName": "Eve" }),
    )
    .await;
    ada.end_all_sessions().await.expect(204);
    assert_eq!(late.complete().await, 401, "a session that was ended");
});
