//! Web servers with one page each.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// Opens a socket as it is told.
const PAGE: &str = include_str!("../clients/programs/page.html");

/// Sends and receives encrypted messages.
const MESSENGER: &str = include_str!("../clients/programs/e2e.html");

pub struct Page {
    address: SocketAddr,
    serving: AbortHandle,
}

impl Page {
    /// Serves the page on an origin that no other page has.
    pub async fn serve() -> Self {
        Self::serve_text(PAGE).await
    }

    /// Serves the messenger on an origin that no other page has.
    pub async fn serve_messenger() -> Self {
        Self::serve_text(MESSENGER).await
    }

    async fn serve_text(text: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, text));
            }
        });
        Self {
            address,
            serving: serving.abort_handle(),
        }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers one request, whatever it is for.
async fn answer(stream: TcpStream, text: &str) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    // A browser also opens connections over which it asks nothing.
    while stream.read_line(&mut line).await.is_ok_and(|length| length > 2) {
        line.clear();
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
}
