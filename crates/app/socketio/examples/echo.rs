//! A server that echoes: Engine.IO at `/engine.io/`, Socket.IO at `/socket.io/`, there in the namespaces `/` and `/custom`.
//!
//! On connection it sends the event `auth` with what came with the handshake. It answers the event `message` with
//! `message-back` and the same arguments, and acknowledges the event `message-with-ack` with its arguments. The environment
//! says where and how: `PORT` (3000; with 0 some port that is free, which is printed), `PING_INTERVAL`, `PING_TIMEOUT`,
//! `CONNECT_TIMEOUT` (milliseconds), `MAX_PAYLOAD` (bytes), `WORKERS` (1).

use std::cell::OnceCell;
use std::io::Write as _;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::{App, Error, HttpRequest, HttpResponse, web};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use serde_json::value::{RawValue, to_raw_value};
use tenon_socketio::{
    Accepted, Application, Connect, ConnectError, Engine, EngineSettings, Handler, Incoming, Listener, Packets, Reason,
    Receiver, Session, Sessions, Sid, Socket, Str, Worker, serve,
};
use tenon_websocket::Wire;

/// Echoes the messages of Engine.IO.
struct Messages(Rc<Session>);

impl Receiver for Messages {
    fn text(&self, text: Str) {
        self.0.reply(&Packets::text(&text));
    }

    fn binary(&self, bytes: bytes::Bytes) {
        self.0.reply(&Packets::binary(&bytes));
    }

    fn drained(&self) {}

    fn ponged(&self) {}

    fn ended(&self, _: Reason) {}
}

struct Echo;

impl Listener for Echo {
    fn opened(&self, session: &Rc<Session>) -> Rc<dyn Receiver> {
        Rc::new(Messages(Rc::clone(session)))
    }
}

/// Echoes the events of Socket.IO.
struct Events {
    socket: Rc<Socket>,
    auth: Box<RawValue>,
}

impl Handler for Events {
    fn welcomed(&self) {
        self.socket.emit("auth", &[&self.auth]);
    }

    fn event(&self, event: Incoming) {
        let args: Vec<&RawValue> = event.args.iter().map(AsRef::as_ref).collect();
        match (event.name.as_str(), event.ack) {
            ("message", _) => {
                let namespace = self.socket.namespace();
                let back = Packets::event_with(namespace, "message-back", &args, &event.attachments);
                self.socket.reply(&back);
            }
            ("message-with-ack", Some(ack)) => self.socket.acknowledge_with(ack, &args, &event.attachments),
            _ => {}
        }
    }

    fn drained(&self) {}

    fn ponged(&self) {}

    fn flooded(&self) {}

    fn disconnected(&self, _: Reason) {}
}

impl Application for Echo {
    fn connect(self: Rc<Self>, connect: Connect) -> LocalBoxFuture<'static, Result<Accepted, ConnectError>> {
        let enter = move || {
            if !["/", "/custom"].contains(&connect.socket.namespace()) {
                return Err(ConnectError::invalid_namespace());
            }
            let failed = |_| ConnectError::new("Internal error");
            let auth = connect
                .auth
                .map_or_else(|| to_raw_value(&serde_json::json!({})).map_err(failed), Ok)?;
            Ok(Accepted {
                sid: Sid::random().ok_or(ConnectError::new("Internal error"))?.text(),
                pid: None,
                handler: Rc::new(Events {
                    socket: connect.socket,
                    auth,
                }),
            })
        };
        std::future::ready(enter()).boxed_local()
    }
}

/// What the workers have in common.
#[derive(Clone)]
struct Shared {
    messages: Arc<Engine>,
    events: Arc<Engine>,
}

/// What a worker has for itself, from its first request on.
struct Local {
    messages: OnceCell<Rc<Sessions>>,
    events: OnceCell<Rc<Worker<Echo>>>,
}

async fn messages(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
    local: web::ThinData<Rc<Local>>,
) -> HttpResponse {
    let start = || Sessions::start(Arc::clone(&shared.messages), Rc::new(Echo));
    let sessions = Rc::clone(local.0.messages.get_or_init(start));
    sessions.serve(&request, payload.into_inner()).await
}

async fn events(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
    local: web::ThinData<Rc<Local>>,
) -> HttpResponse {
    let start = || Worker::start(Arc::clone(&shared.events), Rc::new(Echo));
    let worker = Rc::clone(local.0.events.get_or_init(start));
    serve(&worker, &request, payload.into_inner()).await
}

fn variable(name: &str, otherwise: u64) -> Result<u64, std::io::Error> {
    match std::env::var(name) {
        Ok(value) => value
            .parse()
            .map_err(|_| std::io::Error::other(format!("{name} is no number: {value}"))),
        Err(_) => Ok(otherwise),
    }
}

fn settings() -> Result<EngineSettings, std::io::Error> {
    let defaults = EngineSettings::default();
    let time = |name, otherwise: Duration| {
        let otherwise = u64::try_from(otherwise.as_millis()).unwrap_or(u64::MAX);
        variable(name, otherwise).map(Duration::from_millis)
    };
    let max_payload = variable("MAX_PAYLOAD", 1_000_000)?;
    Ok(EngineSettings {
        ping_interval: time("PING_INTERVAL", defaults.ping_interval)?,
        ping_timeout: time("PING_TIMEOUT", defaults.ping_timeout)?,
        connect_timeout: time("CONNECT_TIMEOUT", defaults.connect_timeout)?,
        max_payload: usize::try_from(max_payload).map_err(std::io::Error::other)?,
        ..defaults
    })
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let settings = settings()?;
    let port = u16::try_from(variable("PORT", 3000)?).map_err(std::io::Error::other)?;
    let workers = usize::try_from(variable("WORKERS", 1)?).map_err(std::io::Error::other)?;
    let shared = web::Data::new(Shared {
        messages: Arc::new(Engine::new(settings)),
        events: Arc::new(Engine::new(settings)),
    });
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    writeln!(std::io::stdout(), "listening on {}", listener.local_addr()?)?;
    // On wires, so that frames go out past the server, and a poll whose client goes away is noticed.
    let connection = move || {
        let local = Rc::new(Local {
            messages: OnceCell::new(),
            events: OnceCell::new(),
        });
        let application = App::new()
            .app_data(shared.clone())
            .app_data(web::ThinData(local))
            .service(web::resource(["/engine.io/", "/engine.io"]).to(messages))
            .service(web::resource(["/socket.io/", "/socket.io"]).to(events))
            .into_factory();
        let application = application.map_err(|error: Error| error.error_response());
        let service = HttpService::build()
            .on_connect_ext(|wire: &Wire, extensions| {
                extensions.insert(wire.bypass());
            })
            .finish(map_config(application, |()| AppConfig::default()));
        let accept = |tcp: tokio::net::TcpStream| async move {
            tcp.set_nodelay(true)?;
            let peer = tcp.peer_addr().ok();
            Ok::<_, DispatchError>((Wire::new(tcp), Protocol::Http1, peer))
        };
        fn_service(accept).and_then(service)
    };
    Server::build()
        .workers(workers)
        .listen("echo", listener, connection)?
        .run()
        .await
}
