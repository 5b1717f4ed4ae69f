//! What answers while the server is starting: a migration may take minutes, and Microsoft Graph gives a handshake ten seconds.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpServer, web};
use tenon_kernel::Clock;
use tokio::task::JoinHandle;

use crate::Health;
use crate::error::{ApiError, STARTING};
use crate::middleware::Edge;
use crate::reply::Answer;
use crate::routes::health;
use crate::webhook;

/// When to ask again.
const AGAIN: Duration = Duration::from_secs(1);

/// Answers handshakes and whether the process is alive, and everything else with 503.
pub struct Early {
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
}

impl Early {
    /// Answers on a listener that somebody else will go on with.
    ///
    /// # Errors
    ///
    /// When the listener cannot be used.
    pub fn start(
        listener: TcpListener,
        clock: &Arc<dyn Clock>,
        reveal_causes: bool,
        behind_tls: bool,
    ) -> io::Result<Self> {
        let health = Arc::new(Health::new(Vec::new(), Vec::new()));
        // Nobody is to stay: what comes next on the connection is for the server that is starting.
        health.drain();
        let clock = Arc::clone(clock);
        let server = HttpServer::new(move || {
            App::new()
                .route("/webhooks/graph", web::post().to(handshake))
                .route("/api/health/live", web::get().to(health::live))
                .default_service(web::route().to(starting))
                .wrap(Edge::with(
                    Arc::clone(&clock),
                    reveal_causes,
                    behind_tls,
                    Arc::clone(&health),
                ))
        });
        let server = server
            .workers(1)
            .shutdown_timeout(1)
            .disable_signals()
            .listen(listener)?
            .run();
        Ok(Self {
            handle: server.handle(),
            server: tokio::spawn(server),
        })
    }

    /// Stops once what was asked is answered. What was not accepted yet waits for whoever goes on with the listener.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        if !matches!(self.server.await, Ok(Ok(()))) {
            tracing::warn!("what answered while the server was starting ended badly");
        }
    }
}

async fn handshake(request: HttpRequest) -> Answer {
    match webhook::handshake(request.query_string()) {
        Some(answer) => answer,
        None => starting().await,
    }
}

async fn starting() -> Answer {
    Err(ApiError::retry(&STARTING, AGAIN))
}
