//! `docs/websocket.md`, held with the running server, frame by frame.

mod lines;
mod names;

use std::collections::HashMap;

use reqwest::Method;
use serde_json::{Value, json};
use tenon_tests::app::{Ended, Person, Setup, Socket, TestApp};
use tenon_tests::for_each_setup;
use tenon_tests::keys::{Owner, device_json};

use lines::{Act, Line};
use names::Names;

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/websocket.md");

/// Whoever takes part, with what came and was not looked at yet.
struct Part {
    person: Person,
    socket: Option<Socket>,
    waiting: Vec<Value>,
}

/// A conversation, and what was said in it.
pub struct Story {
    app: TestApp,
    parts: HashMap<String, Part>,
    names: Names,
    /// What went over sockets: who said it (`client` or `server`), and the frame.
    pub frames: Vec<(&'static str, Value)>,
}

impl Story {
    async fn begin(setup: Setup) -> Self {
        // As it is without a configuration, which is what the guide shows.
        let app = setup.options().set("TENON__SOCKETS__DEAD_SECONDS", "35").start().await;
        let ada = app.register("ada").await;
        let bea = ada.take_in(&app.register("bea").await, "member").await;
        let site = ada.made_site(&ada.organization, "North plant").await;
        bea.made_device(&device_json(&Owner::default().device(0..2))).await;
        bea.all_told().await;
        ada.all_told().await;
        let mut names = Names::default();
        names.call("0198c0de-0000-7000-8000-000000000000", &ada.organization);
        names.call("0198c0de-0000-7000-8000-00000000ada0", &ada.id);
        names.call("0198c0de-0000-7000-8000-00000000bea0", &bea.id);
        names.call("0198c0de-0000-7000-8000-000000005170", &site);
        let part = |person| Part {
            person,
            socket: None,
            waiting: Vec::new(),
        };
        let parts = HashMap::from([("ada".to_owned(), part(ada)), ("bea".to_owned(), part(bea))]);
        Self {
            app,
            parts,
            names,
            frames: Vec::new(),
        }
    }

    /// Holds the conversation of the page from its first line to its last.
    pub async fn told(setup: Setup) -> Self {
        let mut story = Self::begin(setup).await;
        let guide = std::fs::read_to_string(GUIDE).unwrap();
        for line in lines::read(&guide) {
            story.play(&line).await;
        }
        story
    }

    async fn play(&mut self, line: &Line<'_>) {
        if let Act::Stops = line.act {
            // The end comes to whoever listens while it goes on.
            self.app.terminate();
            return;
        }
        let part = self
            .parts
            .get_mut(line.who)
            .unwrap_or_else(|| panic!("line {}: who?", line.number));
        match &line.act {
            Act::Connects(path) => part.socket = Some(part.connect(path).await),
            Act::Asks(method, path, body) => {
                part.ask(method, &self.names.real_text(path), &self.names.real(body))
                    .await
            }
            Act::Refreshes(token) => {
                let refreshed = part.person.refreshed().await;
                self.names.call(token, refreshed.token());
            }
            Act::Sends(frame) => {
                let frame = self.names.real(frame);
                part.socket.as_mut().unwrap().send(&frame).await;
                self.frames.push(("client", frame));
            }
            Act::Receives(expected) => {
                let frame = part.next_like(&self.names.real(expected)).await;
                if let Err(why) = self.names.learn(expected, &frame) {
                    panic!(
                        "docs/websocket.md, line {}: {why}\nsaid     {expected}\nreceived {frame}",
                        line.number
                    );
                }
                self.frames.push(("server", frame));
            }
            Act::Closed(code, reason) => {
                let ended = part.closed().await;
                assert_eq!(
                    ended,
                    Ended::Closed(*code, (*reason).to_owned()),
                    "line {}",
                    line.number
                );
            }
            Act::Stops => {}
        }
    }
}

impl Part {
    async fn connect(&self, path: &str) -> Socket {
        let bearer = format!("Bearer {}", self.person.token());
        let opened = self.person.handshake(path, &[("authorization", &bearer)]).await;
        opened.unwrap_or_else(|answer| panic!("{path}: {}", answer.text()))
    }

    async fn ask(&self, method: &Method, path: &str, body: &Value) {
        let answer = self.person.call(method.clone(), path).json(body).send().await;
        assert!(answer.status < 300, "{method} {path}: {}", answer.text());
    }

    /// The next frame that answers the same, or says the same kind of thing. What else comes is for later lines.
    async fn next_like(&mut self, expected: &Value) -> Value {
        let alike = |frame: &Value| {
            ["type", "id", "event", "room"].iter().all(|part| {
                // A frame of a mailbox has the id of a message, which only the server knows.
                (*part == "id" && expected["type"] == "message") || frame.get(part) == expected.get(part)
            })
        };
        if let Some(place) = self.waiting.iter().position(alike) {
            return self.waiting.remove(place);
        }
        loop {
            match self.socket.as_mut().unwrap().next_or_end().await {
                Ok(frame) if alike(&frame) => return frame,
                Ok(frame) => self.waiting.push(frame),
                Err(ended) => panic!("instead of {expected}: {ended:?}, after {:?}", self.waiting),
            }
        }
    }

    async fn closed(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.socket.as_mut().unwrap().next_or_end().await {
                return ended;
            }
        }
    }
}

for_each_setup!(
    every_frame_of_the_guide_goes_over_the_wire_as_it_stands_there,
    |setup| {
        let story = Story::told(setup).await;
        assert!(story.frames.len() > 30, "{}", story.frames.len());
        let kinds = |who: &str| {
            let said = story.frames.iter().filter(|(speaker, _)| *speaker == who);
            let mut kinds: Vec<_> = said
                .map(|(_, frame)| frame["type"].as_str().unwrap().to_owned())
                .collect();
            kinds.sort();
            kinds.dedup();
            kinds
        };
        let requests = [
            "auth",
            "jump",
            "message.ack",
            "message.read",
            "message.send",
            "ping",
            "presence",
            "publish",
            "subscribe",
            "unsubscribe",
        ];
        let answers = [
            "drain",
            "error",
            "event",
            "gap",
            "key.changed",
            "message",
            "ok",
            "pong",
            "prekeys",
            "presence",
            "receipt",
            "welcome",
        ];
        assert_eq!(
            (json!(kinds("client")), json!(kinds("server"))),
            (json!(requests), json!(answers))
        );
    }
);
