use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::Condition;
use actix_web::{App, Error, HttpServer, web};

use crate::Api;
use crate::drain::{Connections, Drain};
use crate::extract::{BodyRules, InFlight};
use crate::middleware::{Edge, cors};
use crate::routes;
use crate::socket::upgrade::WorkersHub;

/// How long a connection that is being closed may still send what nobody reads.
const LINGER: Duration = Duration::from_secs(1);

/// A server and its end.
pub struct Serving {
    /// Must be awaited.
    pub server: Server,
    /// Ends the server, so that it can be awaited to its end.
    pub drain: Drain,
}

/// Serves `api` on a listener with this many workers, until it is drained. Signals are the caller's.
///
/// # Errors
///
/// When the listener cannot be used.
pub fn serve(api: Api, listener: TcpListener, workers: usize) -> io::Result<Serving> {
    let timeouts = api.settings.timeouts;
    let health = Arc::clone(&api.health);
    let sockets = Arc::clone(&api.sockets);
    let connections = Connections::default();
    let shared = Shared::new(api);
    let server = HttpServer::new(move || application(&shared))
        .workers(workers)
        .keep_alive(timeouts.keep_alive)
        .client_request_timeout(timeouts.head)
        .client_disconnect_timeout(LINGER)
        .shutdown_timeout(timeouts.shutdown.as_secs())
        .tcp_nodelay(true)
        .on_connect(connections.count())
        .disable_signals()
        .listen(listener)?
        .run();
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

/// What the workers have in common.
#[derive(Clone)]
pub(crate) struct Shared {
    api: web::Data<Api>,
    in_flight: web::Data<InFlight>,
}

impl Shared {
    pub fn new(api: Api) -> Self {
        Self {
            api: web::Data::new(api),
            in_flight: web::Data::new(InFlight::default()),
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
        .app_data(WorkersHub::default())
        .app_data(BodyRules::new(&api.settings))
        .configure(|config| routes::register(api, config))
        .wrap(Condition::new(!origins.is_empty(), cors(origins)))
        .wrap(Edge::new(api))
}
