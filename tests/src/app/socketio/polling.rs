use std::collections::VecDeque;

use reqwest::Method;
use serde_json::Value;

use super::BASE;
use crate::app::client::Client;
use crate::app::socket::{Ended, Socket};

/// A session that polls.
pub(super) struct Polling {
    client: Client,
    path: String,
    packets: VecDeque<String>,
}

impl Polling {
    pub async fn open(client: Client) -> Self {
        let answer = client.get(&format!("{BASE}polling")).await.expect(200);
        let open: Value = serde_json::from_str(answer.text().strip_prefix('0').unwrap()).unwrap();
        let path = format!("{BASE}polling&sid={}", open["sid"].as_str().unwrap());
        Self {
            client,
            path,
            packets: VecDeque::new(),
        }
    }

    pub async fn upgrade(&mut self) -> Socket {
        let path = self.path.replace("transport=polling", "transport=websocket");
        let mut socket = self.client.handshake(&path, &[]).await.map_err(|_| "refused").unwrap();
        socket.send_text("2probe").await;
        assert_eq!(socket.next_text_or_end().await.unwrap(), "3probe");
        assert_eq!(self.client.get(&self.path).await.expect(200).text(), "6");
        socket.send_text("5").await;
        socket
    }

    pub async fn send(&self, packet: &str) -> Result<(), Ended> {
        let call = self.client.call(Method::POST, &self.path);
        let answer = call.body("text/plain;charset=UTF-8", packet.to_owned()).send().await;
        if answer.status == 200 {
            Ok(())
        } else {
            Err(Ended::Broken)
        }
    }

    pub async fn next(&mut self) -> Result<String, Ended> {
        while self.packets.is_empty() {
            let answer = self.client.call(Method::GET, &self.path).try_send().await;
            let Some(answer) = answer.filter(|answer| answer.status == 200) else {
                return Err(Ended::Broken);
            };
            self.packets.extend(answer.text().split('\u{1e}').map(str::to_owned));
        }
        Ok(self.packets.pop_front().unwrap())
    }
}
