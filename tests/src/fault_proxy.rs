//! A proxy of TCP between a client and the server that can be cut, slowed down and blocked.

mod passing;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

/// Where clients connect to. It ends with this value.
pub struct FaultProxy {
    /// It stays the same wherever the proxy leads.
    pub address: SocketAddr,
    server: Arc<RwLock<SocketAddr>>,
    cut: Arc<Notify>,
    trouble: watch::Sender<Trouble>,
    accepting: AbortHandle,
}

/// What is wrong with a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trouble {
    #[default]
    None,
    /// Each piece is held for so long before it is passed on.
    Slow(Duration),
    /// Nothing passes. What is sent meanwhile passes later.
    Blocked,
    /// Each connection is cut within so many bytes of one of its directions, drawn from the seed: mostly in the middle of
    /// something.
    Cutting { within: usize, seed: u64 },
}

impl FaultProxy {
    /// A proxy to this server; every connection to `address` goes there.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, cut) = (listener.local_addr().unwrap(), Arc::new(Notify::new()));
        let server = Arc::new(RwLock::new(server));
        let (trouble, troubles) = watch::channel(Trouble::None);
        let accepting = accept(listener, Arc::clone(&server), Arc::clone(&cut), troubles);
        Self {
            address,
            server,
            cut,
            trouble,
            accepting: tokio::spawn(accepting).abort_handle(),
        }
    }

    /// `http://127.0.0.1:PORT` of the proxy.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads connections that are made from now on to another server.
    pub fn lead_to(&self, server: SocketAddr) {
        *self.server.write() = server;
    }

    /// Ends every connection as it is, without a word to either side.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }

    /// From now on this is wrong with it, and nothing else.
    pub fn trouble(&self, trouble: Trouble) {
        self.trouble.send_replace(trouble);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    server: Arc<RwLock<SocketAddr>>,
    cut: Arc<Notify>,
    trouble: watch::Receiver<Trouble>,
) {
    for number in 0.. {
        let (client, _) = listener.accept().await.unwrap();
        let (server, cut, trouble) = (*server.read(), Arc::clone(&cut), trouble.clone());
        tokio::spawn(async move {
            let end = cut.notified();
            // A client of a server that is down hears of it as of any end.
            let Ok(server) = TcpStream::connect(server).await else {
                return;
            };
            tokio::select! {
                // Whichever way it ends, both sides notice.
                () = passing::pass(client, server, number, trouble) => {}
                () = end => {}
            }
        });
    }
}
