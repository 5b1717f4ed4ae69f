//! Requests byte by byte, for what no client library would send.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tenon_tests::app::Answer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// More than the slowest deadline of the server.
const PATIENCE: Duration = Duration::from_secs(15);

/// All that comes back on one connection until the server closes it.
pub struct Exchange {
    pub bytes: Vec<u8>,
}

/// Sends the bytes, then reads until the server closes the connection.
///
/// # Panics
///
/// When it does not.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Exchange {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begin = Instant::now();
    let (mut reader, mut writer) = stream.split();
    let mut received = Vec::new();
    // A server that refuses early may close before it has read everything.
    let both = async { tokio::join!(writer.write_all(bytes), reader.read_to_end(&mut received)) };
    let both = timeout(PATIENCE, both).await.map(drop);
    assert!(
        both.is_ok(),
        "still open after {:?}: {}",
        begin.elapsed(),
        lossy(&received)
    );
    Exchange { bytes: received }
}

impl Exchange {
    /// The number of answers.
    pub fn answers(&self) -> usize {
        lossy(&self.bytes).matches("HTTP/1.1 ").count()
    }

    /// The one answer.
    #[track_caller]
    pub fn answer(&self, asked: &str) -> Answer {
        assert_eq!(self.answers(), 1, "{asked}: {}", lossy(&self.bytes));
        let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = lossy(&self.bytes[..end]);
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: HeaderMap = lines
            .map(|line| {
                let (name, value) = line.split_once(':').unwrap();
                let name: HeaderName = name.parse().unwrap();
                (name, HeaderValue::from_str(value.trim()).unwrap())
            })
            .collect();
        Answer {
            asked: asked.to_owned(),
            status,
            headers,
            body: self.bytes[end + 4..].to_vec(),
        }
    }
}

/// Text of what may not be text.
pub fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
