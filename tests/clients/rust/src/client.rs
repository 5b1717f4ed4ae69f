use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rust_socketio::asynchronous::{Client as Socket, ClientBuilder};
use rust_socketio::{Event, Payload, TransportType};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::payload::{read, written};

const PATIENCE: Duration = Duration::from_secs(30);
const REFUSAL: &str = "Received an ConnectError frame: ";

/// In one namespace, as this library opens a connection for each.
pub struct Client {
    socket: Option<Socket>,
    heard: Heard,
    came: UnboundedReceiver<Value>,
}

#[derive(Clone)]
struct Heard {
    came: UnboundedSender<Value>,
    namespace: Value,
    connected: Arc<AtomicBool>,
}

impl Heard {
    fn put(&self, mut thing: Value) -> BoxFuture<'static, ()> {
        thing["namespace"] = self.namespace.clone();
        // Nobody takes it when the program ends.
        self.came.send(thing).ok();
        std::future::ready(()).boxed()
    }

    fn connected(&self) -> BoxFuture<'static, ()> {
        self.connected.store(true, Ordering::SeqCst);
        self.put(json!({ "connected": "anew" }))
    }

    fn disconnected(&self, reason: &str) -> BoxFuture<'static, ()> {
        // An attempt to reconnect that fails is an error, too.
        if self.connected.swap(false, Ordering::SeqCst) {
            return self.put(json!({ "disconnected": reason }));
        }
        std::future::ready(()).boxed()
    }

    fn error(&self, payload: Payload) -> BoxFuture<'static, ()> {
        let text = written(payload)[0].as_str().unwrap_or_default().to_owned();
        match text.strip_prefix(REFUSAL).map(serde_json::from_str::<Value>) {
            Some(Ok(refusal)) => self.put(json!({ "refused": refusal["message"] })),
            _ => self.disconnected(&text),
        }
    }
}

impl Client {
    pub fn new() -> Self {
        let (sender, came) = unbounded_channel();
        let heard = Heard {
            came: sender,
            namespace: Value::Null,
            connected: Arc::default(),
        };
        Self {
            socket: None,
            heard,
            came,
        }
    }

    pub async fn follow(&mut self, command: &Value) -> Result<Value, Box<dyn Error>> {
        if let Some(open) = command.get("open") {
            return self.open(open).await;
        }
        if command.get("next").is_some() {
            return self.came.recv().await.ok_or_else(|| "nothing can come".into());
        }
        let socket = self.socket.as_ref().ok_or("not opened")?;
        if let Some(emit) = command.get("emit") {
            let event = emit["event"].as_str().unwrap_or_default();
            socket.emit(event, read(&emit["args"])?).await?;
            return Ok(json!({}));
        }
        if let Some(call) = command.get("call") {
            return ask(socket, call).await;
        }
        socket.disconnect().await?;
        Ok(json!({}))
    }

    async fn open(&mut self, open: &Value) -> Result<Value, Box<dyn Error>> {
        let namespace = open["namespaces"][0].as_str().unwrap_or_default();
        self.heard.namespace = json!(namespace);
        let [connected, closed, failed, came] = [(); 4].map(|()| self.heard.clone());
        let mut builder = ClientBuilder::new(open["url"].as_str().unwrap_or_default())
            .namespace(namespace)
            .transport_type(transport(&open["transports"]))
            .reconnect(open["reconnect"] == true)
            .reconnect_delay(50, 200)
            .on(Event::Connect, move |_, _| connected.connected())
            .on(Event::Close, move |_, _| closed.disconnected("by the server"))
            .on(Event::Error, move |payload, _| failed.error(payload))
            .on_any(move |event, payload, _| came.put(json!({ "event": event.to_string(), "args": written(payload) })));
        if !open["auth"].is_null() {
            builder = builder.auth(open["auth"].clone());
        }
        self.socket = Some(builder.connect().await?);
        Ok(json!({}))
    }
}

fn transport(names: &Value) -> TransportType {
    let names: Vec<&str> = names
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    match names.as_slice() {
        ["websocket"] => TransportType::Websocket,
        ["polling"] => TransportType::Polling,
        _ => TransportType::WebsocketUpgrade,
    }
}

/// With JSON, as the library sends bytes that want an answer as if they were one.
async fn ask(socket: &Socket, call: &Value) -> Result<Value, Box<dyn Error>> {
    let (sender, mut answers) = unbounded_channel();
    let event = call["event"].as_str().unwrap_or_default();
    let callback = move |answer, _| {
        sender.send(answer).ok();
        std::future::ready(()).boxed()
    };
    socket
        .emit_with_ack(event, read(&call["args"])?, PATIENCE, callback)
        .await?;
    let answer = answers.recv().await.ok_or("no answer")?;
    // The list of arguments comes as the only one.
    Ok(json!({ "ack": written(answer)[0] }))
}
