use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::dev::{Extensions, ServerHandle};
use tokio::time::{Instant, sleep};

use crate::health::Health;
use crate::socket::Sockets;

/// How often open connections are counted while they are waited for.
const LOOK: Duration = Duration::from_millis(10);

/// How long accepted connections have for their first request once nothing more is accepted.
const SETTLE: Duration = Duration::from_millis(50);

/// The connections that are open.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<AtomicUsize>);

/// One of them; it lies in the connection's extensions and goes with them.
struct Open(Arc<AtomicUsize>);

impl Connections {
    /// Counts a connection, in what is kept of it, for as long as it is there.
    pub fn count(&self) -> impl Fn(&mut Extensions) + 'static {
        let count = Arc::clone(&self.0);
        move |extensions| {
            count.fetch_add(1, Ordering::Relaxed);
            extensions.insert(Open(Arc::clone(&count)));
        }
    }

    fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Ends a server without cutting anybody off.
///
/// The framework's own graceful stop closes kept-alive connections at once, also one on which a request has just arrived.
/// So clients are told first: every answer closes its connection while requests are still taken.
pub struct Drain {
    pub(crate) handle: ServerHandle,
    pub(crate) health: Arc<Health>,
    pub(crate) connections: Connections,
    pub(crate) sockets: Arc<Sockets>,
    pub(crate) farewell: Duration,
    pub(crate) shutdown: Duration,
}

impl Drain {
    /// Says that the instance is not ready, closes each connection with its next answer and each socket, then stops
    /// accepting, and returns when everything that was asked is answered or had its time.
    pub async fn finish(&self) {
        self.health.drain();
        // Clients that poll need further connections until they are told.
        futures_util::future::join(self.say_goodbye(), self.sockets.drain()).await;
        self.handle.pause().await;
        if self.connections.any() {
            sleep(SETTLE).await;
        }
        if self.sockets.any() {
            // The framework would wait for sockets whose clients read nothing, as long as for requests.
            self.answer().await;
            self.handle.stop(false).await;
        } else {
            self.handle.stop(true).await;
        }
    }

    async fn say_goodbye(&self) {
        let end = Instant::now() + self.farewell;
        while self.connections.any() && Instant::now() < end {
            sleep(LOOK).await;
        }
    }

    /// Returns when all requests are answered or had their time.
    async fn answer(&self) {
        let end = Instant::now() + self.shutdown;
        while self.health.is_answering() && Instant::now() < end {
            sleep(LOOK).await;
        }
        sleep(SETTLE).await;
    }
}
