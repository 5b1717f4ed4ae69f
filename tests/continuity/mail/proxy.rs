//! A network that cuts connections off.

use std::net::SocketAddr;

use tenon_tests::random::Random;
use tokio::io::{AsyncReadExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What passes in each direction at most. A frame with a message has up to 4 KiB, so that most cuts are within one.
const BYTES: usize = 24 * 1024;

/// Passes on what clients and a server say to each other, and cuts each connection after some byte of one side.
pub struct Proxy {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = tokio::spawn(async move {
            let mut random = Random::seeded(1);
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let most = [random.below(BYTES), random.below(BYTES)].map(|most| most as u64);
                tokio::spawn(pass(client, server, most));
            }
        });
        Self { address, accepting }
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(client: TcpStream, server: SocketAddr, [up, down]: [u64; 2]) {
    let server = TcpStream::connect(server).await.unwrap();
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let (mut asked, mut answered) = (from_client.take(up), from_server.take(down));
    // Whichever side has said so much first, both are cut.
    tokio::select! {
        _ = copy(&mut asked, &mut to_server) => {}
        _ = copy(&mut answered, &mut to_client) => {}
    }
}
