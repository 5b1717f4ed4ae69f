//! A line between a client and the server that can be cut.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

pub struct Line {
    pub address: SocketAddr,
    cut: Arc<Notify>,
    accepting: AbortHandle,
}

impl Line {
    /// A line to this server; every connection to `address` goes there.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, cut) = (listener.local_addr().unwrap(), Arc::new(Notify::new()));
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&cut))).abort_handle();
        Self {
            address,
            cut,
            accepting,
        }
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

async fn accept(listener: TcpListener, server: SocketAddr, cut: Arc<Notify>) {
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let cut = Arc::clone(&cut);
        tokio::spawn(async move {
            let end = cut.notified();
            let mut server = TcpStream::connect(server).await.unwrap();
            tokio::select! {
                // Whichever way it ends, both sides notice.
                _ = copy_bidirectional(&mut client, &mut server) => {}
                () = end => {}
            }
        });
    }
}
