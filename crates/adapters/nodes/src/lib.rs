//! Tries whether nodes can be reached: by a TCP connection that is closed at once, or by an HTTP GET of which only the status is
//! read.

mod reason;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::Client;
use reqwest::redirect::Policy;
use tenon_cluster::{NodeAddress, Reach, Unreachable};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The client cannot be made: TLS has no roots, or the system no resolver.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client that probes nodes cannot be made")]
pub struct StartError(#[from] reqwest::Error);

/// Tries nodes over the network, with no connection left open between two probes.
///
/// A node that is tried by HTTP is reachable when it answers with a status below 500, a redirect for one, which is not followed.
/// Certificates are verified. No proxy is used, whatever the environment says.
pub struct NetworkReach {
    client: Client,
    patience: Duration,
}

impl NetworkReach {
    /// Waits for a node no longer than `patience`, looking up its name included.
    ///
    /// # Errors
    ///
    /// As [`StartError`] says.
    pub fn new(patience: Duration) -> Result<Self, StartError> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .no_gzip()
            .pool_max_idle_per_host(0)
            .user_agent(concat!("tenon/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, patience })
    }

    async fn try_once(&self, address: &NodeAddress) -> Result<(), Unreachable> {
        match address.tcp() {
            Some(peer) => {
                let connected = TcpStream::connect(peer).await;
                connected.map(drop).map_err(|error| reason::of_io(&error))
            }
            None => {
                let answered = self.client.get(address.as_str()).send().await;
                let status = answered.map_err(|error| reason::of_http(&error))?.status();
                if status.is_server_error() {
                    return Err(reason::of_status(status.as_u16()));
                }
                Ok(())
            }
        }
    }
}

#[async_trait]
impl Reach for NetworkReach {
    async fn probe(&self, address: &NodeAddress) -> Result<Duration, Unreachable> {
        let start = Instant::now();
        timeout(self.patience, self.try_once(address))
            .await
            .unwrap_or(Err(reason::timed_out()))?;
        Ok(start.elapsed())
    }
}
