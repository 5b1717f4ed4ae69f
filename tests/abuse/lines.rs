//! Connections, byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// Far more than the slowest deadline of the server.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Sends the bytes, then reads until the server closes the connection.
///
/// # Panics
///
/// When it does not.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let received = exchange_over(stream, bytes).await;
    String::from_utf8_lossy(&received).into_owned()
}

/// The same over a connection that is there already.
pub async fn exchange_over(mut stream: TcpStream, bytes: &[u8]) -> Vec<u8> {
    let (mut reader, mut writer) = stream.split();
    let mut received = Vec::new();
    // Whoever refuses early may close before it has read everything, and a reset is an end, too.
    let both = async { tokio::join!(writer.write_all(bytes), reader.read_to_end(&mut received)) };
    let ended = timeout(PATIENCE, both).await.map(drop);
    assert!(
        ended.is_ok(),
        "the connection stays open: {}",
        String::from_utf8_lossy(&received)
    );
    received
}

/// Sends the beginning and then a byte every half second; what came back, and how long the connection lasted.
pub async fn drip(address: SocketAddr, beginning: &str) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begin = Instant::now();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let mut received = Vec::new();
    let dripping = async {
        while writer.write_all(b"a").await.is_ok() {
            sleep(Duration::from_millis(500)).await;
        }
    };
    let ended = timeout(PATIENCE, async {
        tokio::select! {
            read = reader.read_to_end(&mut received) => drop(read),
            () = dripping => {}
        }
    });
    assert!(ended.await.is_ok(), "{beginning:?} stays open");
    (String::from_utf8_lossy(&received).into_owned(), begin.elapsed())
}

/// How many answers these bytes are.
pub fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}
