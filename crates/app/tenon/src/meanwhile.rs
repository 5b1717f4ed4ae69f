//! Somebody who answers while the services start.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tenon_http::Early;
use tenon_kernel::Clock;
use tenon_local::SystemClock;
use tokio::time::timeout;

use crate::configuration::{Environment, Settings};

/// A start that takes less is over before anybody could complain.
const PATIENCE: Duration = Duration::from_millis(500);

/// What `starting` returns. When it takes long, somebody answers on the listener until then.
///
/// # Errors
///
/// When the listener cannot be used.
pub async fn answering<T>(
    listener: &TcpListener,
    settings: &Settings,
    starting: impl Future<Output = T>,
) -> io::Result<T> {
    let mut starting = pin!(starting);
    if let Ok(started) = timeout(PATIENCE, &mut starting).await {
        return Ok(started);
    }
    tracing::info!("the start takes long; until then handshakes are answered and everything else is refused");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let reveal_causes = settings.environment == Environment::Development;
    let early = Early::start(listener.try_clone()?, &clock, reveal_causes, settings.is_behind_tls())?;
    let started = starting.await;
    early.stop().await;
    Ok(started)
}
