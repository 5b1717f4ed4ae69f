use tenon_tests::race::race;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::lines::PATIENCE;
use crate::siege::{Siege, options};

/// As many as a process may have open unasked on most systems, less what the test needs itself.
const CONNECTIONS: usize = 700;

/// A silent connection has a task and a buffer: 20 KiB or so in a debug build.
const GROWTH: u64 = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_say_nothing_are_closed_and_keep_nobody_out() {
    let siege = Siege::begin(options()).await;
    let address = siege.app.address();
    let clients = (0..CONNECTIONS).map(|_| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut received = Vec::new();
        let ended = timeout(PATIENCE, stream.read_to_end(&mut received)).await;
        assert!(ended.is_ok(), "a silent connection stays open");
        received
    });
    for received in race(clients.collect::<Vec<_>>()).await {
        assert!(received.is_empty() || received.starts_with(b"HTTP/1.1 408 "));
    }
    siege
        .end(
            &format!("{CONNECTIONS} connections that say nothing"),
            "closed by the limit of a head",
            GROWTH,
        )
        .await;
}
