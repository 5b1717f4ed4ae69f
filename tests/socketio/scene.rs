//! A server with somebody who listens over a foreign client, and somebody who speaks over ours.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Options, Person, Socket, TestApp};
use tenon_tests::fault_proxy::FaultProxy;
use tenon_tests::waiting::until;

use super::client::{Client, Library, Opening, Transports};

pub struct Scene {
    pub app: TestApp,
    /// To the server; clients connect over it.
    pub proxy: FaultProxy,
    pub ada: Person,
    pub phone: Person,
    pub site: String,
    pub room: String,
    pub speaker: Socket,
}

/// Far more than it takes the server to notice that a client is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where nobody listens: connections to the first port of all are refused.
const NOWHERE: ([u8; 4], u16) = ([127, 0, 0, 1], 1);

impl Scene {
    pub async fn set(options: Options) -> Self {
        // Between two polls nothing but a heartbeat tells that a client is gone.
        let options = options.set("TENON__SOCKETS__HEARTBEAT_SECONDS", "1");
        let app = options.set("TENON__SOCKETS__DEAD_SECONDS", "5").start().await;
        let ada = app.register("ada").await;
        let phone = ada.sign_in().await;
        let site = ada.made_site(&ada.organization, "Harbor").await;
        ada.all_told().await;
        let mut speaker = ada.socket().await;
        let room = format!("{}:site:{site}", ada.room());
        speaker.subscribe(&room, None).await;
        Self {
            proxy: FaultProxy::to(app.address()).await,
            app,
            ada,
            phone,
            site,
            room,
            speaker,
        }
    }

    /// The speaker says this in the room, and hears it.
    pub async fn say(&mut self, data: &Value) -> Value {
        let said = self.speaker.publish(&self.room, "said", data).await;
        self.heard(&said["offset"]).await;
        said
    }

    /// That the speaker hears what has this offset in the room next.
    pub async fn heard(&mut self, offset: &Value) {
        let heard = self.speaker.next().await;
        assert_eq!(
            (&heard["room"], &heard["offset"]),
            (&json!(self.room), offset),
            "{heard}"
        );
    }

    /// Ends every connection of clients, and lets them have none until the proxy leads somewhere again. Returns when the server
    /// has noticed that nobody is left but the speaker.
    pub async fn part(&self) {
        self.proxy.lead_to(NOWHERE.into());
        self.proxy.cut();
        until("nobody is left but the speaker", PATIENCE, async || {
            let presence = self.ada.presence_of(&self.ada.room()).await.expect(200).json();
            presence["present"][0]["connections"] == 1
        })
        .await;
    }

    /// A client that connects as the phone, before anything came of it.
    pub async fn client(&self, library: Library, namespace: &str, transports: Transports) -> Client {
        let mut client = library.start();
        let (origin, auth) = (self.proxy.origin(), json!({ "token": self.phone.token() }));
        client
            .open(&Opening::of(&origin, &[namespace], auth).over(transports))
            .await;
        client
    }

    /// That the client is in the namespace anew, and is told where.
    pub async fn welcomed(&self, client: &mut Client, namespace: &str) {
        assert_eq!(client.connected(namespace).await, "anew");
        let welcome = client.event(namespace, "tenon:welcome").await;
        let told = (&welcome[0]["user"], &welcome[0]["organization"], &welcome[0]["role"]);
        assert_eq!(
            told,
            (&json!(self.ada.id), &json!(self.ada.organization), &json!("owner")),
            "{welcome}"
        );
        assert_eq!(welcome[0]["rooms"][0]["room"], json!(self.ada.room()));
    }

    /// Joins the site's room after what this event was, or from now on.
    pub async fn subscribe(&self, client: &mut Client, after: Option<&Value>) {
        let place = after.map(|event| json!({ "epoch": event[1]["epoch"], "offset": event[1]["offset"] }));
        let answer = client.call("/", "subscribe:site", &json!([self.site, place])).await;
        assert_eq!(
            (&answer[0]["ok"], &answer[0]["room"]),
            (&json!(true), &json!(self.room)),
            "{answer}"
        );
    }

    /// That the client hears this next; answers the event's arguments.
    pub async fn hears(&self, client: &mut Client, data: &Value, said: &Value) -> Value {
        let event = client.event("/", "said").await;
        let place = format!("{}:{}", event[1]["epoch"].as_str().unwrap(), said["offset"]);
        assert_eq!((&event[0], &event[2]), (data, &json!(place)), "{event}");
        let circumstances = (&event[1]["room"], &event[1]["offset"], &event[1]["from"]);
        assert_eq!(
            circumstances,
            (&json!(self.room), &said["offset"], &json!(self.ada.id)),
            "{event}"
        );
        event
    }
}
