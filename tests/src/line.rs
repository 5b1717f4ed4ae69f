//! A line between a client and the server that can be cut.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::RwLock;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// Where clients connect to. It ends with this value.
pub struct Line {
    /// It stays the same wherever the line leads.
    pub address: SocketAddr,
    server: Arc<RwLock<SocketAddr>>,
    cut: Arc<Notify>,
    accepting: AbortHandle,
}

impl Line {
    /// A line to this server; every connection to `address` goes there.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, cut) = (listener.local_addr().unwrap(), Arc::new(Notify::new()));
        let server = Arc::new(RwLock::new(server));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&server), Arc::clone(&cut))).abort_handle();
        Self {
            address,
            server,
            cut,
            accepting,
        }
    }

    /// `http://127.0.0.1:PORT` of the line.
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
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: Arc<RwLock<SocketAddr>>, cut: Arc<Notify>) {
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let (server, cut) = (*server.read(), Arc::clone(&cut));
        tokio::spawn(async move {
            let end = cut.notified();
            // A client of a server that is down hears of it as of any end.
            let Ok(mut server) = TcpStream::connect(server).await else {
                return;
            };
            tokio::select! {
                // Whichever way it ends, both sides notice.
                _ = copy_bidirectional(&mut client, &mut server) => {}
                () = end => {}
            }
        });
    }
}
