use std::io;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::GracefulShutdownSignal;
use actix_service::{IntoServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::Condition;
use actix_web::web::ServiceConfig;
use actix_web::{App, Error, web};
use tenon_websocket::Wire;
use tokio::net::TcpStream;

use crate::Api;
use crate::drain::{Connections, Drain};
use crate::extract::{BodyRules, InFlight};
use crate::metrics::Traffic;
use crate::middleware::{Edge, Guessers, cors};
use crate::routes;
use crate::socket::upgrade::WorkersHub;
use crate::socketio::WorkersSocketIo;

/// How long a connection that is being closed may still send what nobody reads.
const LINGER: Duration = Duration::from_secs(1);

/// A server and its end.
pub struct Serving {
    /// Must be awaited.
    pub server: Server,
    /// Ends the server, so that it can be awaited to its end.
    pub drain: Drain,
}

/// What else a server serves: paths that are in no table of this crate.
pub type Beside = fn(&mut ServiceConfig);

/// Serves `api`, and what is beside it, on a listener with this many workers, until it is drained. Signals are the caller's.
///
/// # Errors
///
/// When the listener cannot be used.
pub fn serve(api: Api, beside: Option<Beside>, listener: TcpListener, workers: usize) -> io::Result<Serving> {
    let timeouts = api.settings.timeouts;
    let health = Arc::clone(&api.health);
    let sockets = Arc::clone(&api.sockets);
    let connections = Connections::default();
    let shared = Shared::new(api, beside);
    let address = listener.local_addr()?;
    let builder = Server::build()
        .workers(workers)
        .shutdown_timeout(timeouts.shutdown.as_secs())
        .disable_signals();
    let signal = builder.graceful_shutdown_signal();
    let connecting = connections.clone();
    let service = move || connection(&shared, address, &connecting, &signal);
    let server = builder.listen("http", listener, service)?.run();
    let drain = Drain {
        handle: server.handle(),
        health,
        connections,
        sockets,
        farewell: timeouts.farewell,
        shutdown: timeouts.shutdown,
    };
    Ok(Serving { server, drain })
}

/// Serves one connection after the other, as `HttpServer` would, on wires that sockets can write to themselves.
fn connection(
    shared: &Shared,
    address: SocketAddr,
    connections: &Connections,
    signal: &GracefulShutdownSignal,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()> + use<> {
    let timeouts = shared.api.settings.timeouts;
    let count = connections.count();
    let signal = signal.clone();
    let application = application(shared).into_factory();
    let application = application.map_err(|error: Error| error.error_response());
    let service = HttpService::build()
        .graceful_shutdown_signal(move || {
            let signal = signal.clone();
            async move { signal.notified().await }
        })
        .keep_alive(timeouts.keep_alive)
        .client_request_timeout(timeouts.head)
        .client_disconnect_timeout(LINGER)
        .h1_allow_half_closed(true)
        .local_addr(address)
        .on_connect_ext(move |wire: &Wire, extensions| {
            count(extensions);
            extensions.insert(wire.bypass());
        })
        .finish(map_config(application, |()| AppConfig::default()));
    let accept = |tcp: TcpStream| async move {
        tcp.set_nodelay(true)?;
        let peer = tcp.peer_addr().ok();
        Ok::<_, DispatchError>((Wire::new(tcp), Protocol::Http1, peer))
    };
    fn_service(accept).and_then(service)
}

/// What the workers have in common.
#[derive(Clone)]
pub(crate) struct Shared {
    api: web::Data<Api>,
    in_flight: web::Data<InFlight>,
    guessers: web::Data<Guessers>,
    beside: Option<Beside>,
    traffic: web::Data<Traffic>,
}

impl Shared {
    pub fn new(api: Api, beside: Option<Beside>) -> Self {
        Self {
            api: web::Data::new(api),
            beside,
            in_flight: web::Data::new(InFlight::default()),
            guessers: web::Data::new(Guessers::default()),
            traffic: web::Data::new(Traffic::default()),
        }
    }
}

/// All that a worker serves.
pub(crate) fn application(
    shared: &Shared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let api = &shared.api;
    let origins = &api.settings.cors_origins;
    App::new()
        .app_data(api.clone())
        .app_data(shared.in_flight.clone())
        .app_data(shared.traffic.clone())
        .app_data(WorkersHub::default())
        .app_data(WorkersSocketIo::default())
        .app_data(BodyRules::new(&api.settings))
        .configure(|config| routes::register(api, &shared.guessers, shared.beside, config))
        .wrap(Condition::new(!origins.is_empty(), cors(origins)))
        .wrap(Edge::new(api, &shared.traffic))
}
