use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::client::Client;
use super::person::Person;
use super::socket::Socket;

/// The base64 of a text: no ciphertext, but the server cannot know.
pub fn sealed(text: &str) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(text)
}

/// What [`sealed`] was given.
pub fn opened(message: &Value) -> String {
    use base64::Engine as _;
    let content = message["content"].as_str().unwrap();
    String::from_utf8(base64::prelude::BASE64_STANDARD.decode(content).unwrap()).unwrap()
}

/// A message for every device of somebody, under a new client id.
pub fn letter(to: &Person, text: &str) -> Value {
    json!({ "clientId": Uuid::new_v4().to_string(), "to": to.id, "content": sealed(text) })
}

impl Client {
    pub async fn send_message(&self, message: &Value) -> Answer {
        self.call(Method::POST, "/api/messages").json(message).send().await
    }

    /// The mailbox, with a query such as `?after=7`.
    pub async fn mail(&self, query: &str) -> Answer {
        self.call(Method::GET, &format!("/api/messages{query}")).send().await
    }

    pub async fn acknowledge(&self, up_to: &Value) -> Answer {
        let body = json!({ "upTo": up_to });
        self.call(Method::POST, "/api/messages/ack").json(&body).send().await
    }

    pub async fn conversations(&self) -> Answer {
        self.call(Method::GET, "/api/conversations").send().await
    }

    pub async fn history_with(&self, peer: &Person, query: &str) -> Answer {
        let path = format!("/api/conversations/{}/messages{query}", peer.id);
        self.call(Method::GET, &path).send().await
    }

    pub async fn mark_read(&self, peer: &Person, up_to: &Value) -> Answer {
        let path = format!("/api/conversations/{}/read", peer.id);
        self.call(Method::POST, &path)
            .json(&json!({ "upTo": up_to }))
            .send()
            .await
    }
}

impl Socket {
    /// Sends a message and waits until it is kept.
    pub async fn send_message(&mut self, message: &Value) -> Value {
        let mut frame = message.clone();
        frame["type"] = json!("message.send");
        self.ok(frame).await["message"].take()
    }

    /// Acknowledges everything up to a place and waits until that is kept.
    pub async fn acknowledge(&mut self, up_to: &Value) -> Value {
        self.ok(json!({ "type": "message.ack", "upTo": up_to })).await
    }

    /// So many messages; other frames are dropped.
    pub async fn messages(&mut self, count: usize) -> Vec<Value> {
        let mut messages = Vec::with_capacity(count);
        while messages.len() < count {
            messages.push(self.next_of("message").await);
        }
        messages
    }
}
