//! How a socket is opened.

use std::net::SocketAddr;

use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};

use super::{PATIENCE, Socket};
use crate::app::{Answer, Client, Person};

impl Client {
    /// Opens a socket with these headers and nothing else, or the answer that refused it.
    ///
    /// # Errors
    ///
    /// The answer.
    pub async fn handshake(&self, path: &str, headers: &[(&str, &str)]) -> Result<Socket, Box<Answer>> {
        let address = self.server_address();
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        self.handshake_over(stream, path, headers).await
    }

    /// The same over a connection that is there already.
    ///
    /// # Errors
    ///
    /// The answer.
    pub async fn handshake_over(
        &self,
        stream: TcpStream,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Socket, Box<Answer>> {
        let shaken = self.try_handshake_over(stream, path, headers).await;
        shaken.unwrap_or_else(|| panic!("GET {path}: the connection broke"))
    }

    /// The same over a connection that may break; nothing when it does.
    pub async fn try_handshake_over(
        &self,
        stream: TcpStream,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Option<Result<Socket, Box<Answer>>> {
        let mut request = format!("ws://{}{path}", self.server_address())
            .into_client_request()
            .unwrap();
        let forwarded = [("x-forwarded-for", self.address())];
        for (name, value) in forwarded.iter().chain(headers) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request
                .headers_mut()
                .append(name, HeaderValue::from_str(value).unwrap());
        }
        match timeout(PATIENCE, client_async(request, stream)).await.unwrap() {
            Ok((stream, response)) => Some(Ok(Socket {
                stream,
                next_id: 1,
                protocol: response
                    .headers()
                    .get("sec-websocket-protocol")
                    .map(|protocol| protocol.to_str().unwrap().to_owned()),
                waiting: std::collections::VecDeque::new(),
            })),
            Err(Error::Http(response)) => {
                let (parts, body) = response.into_parts();
                let headers: HeaderMap = parts.headers;
                Some(Err(Box::new(Answer {
                    asked: format!("GET {path}"),
                    status: parts.status.as_u16(),
                    headers,
                    body: body.unwrap_or_default(),
                })))
            }
            Err(Error::Io(_) | Error::Protocol(ProtocolError::HandshakeIncomplete)) => None,
            Err(error) => panic!("GET {path}: {error}"),
        }
    }

    /// A ticket for a socket.
    pub async fn ticket(&self) -> Answer {
        self.call(reqwest::Method::POST, "/api/ws/ticket").send().await
    }
}

impl Person {
    /// Opens a socket with the access token as a header, before its welcome.
    pub async fn raw_socket(&self) -> Socket {
        let bearer = format!("Bearer {}", self.token());
        let opened = self.handshake("/api/ws", &[("authorization", &bearer)]).await;
        opened.unwrap_or_else(|answer| panic!("{}: {}", answer.asked, answer.text()))
    }

    /// Opens a socket of one of the user's devices, before its welcome.
    pub async fn device_socket(&self, device: u64) -> Socket {
        let bearer = format!("Bearer {}", self.token());
        let path = format!("/api/ws?device={device}");
        let opened = self.handshake(&path, &[("authorization", &bearer)]).await;
        opened.unwrap_or_else(|answer| panic!("{}: {}", answer.asked, answer.text()))
    }

    /// Opens a socket, and its welcome.
    pub async fn socket_and_welcome(&self) -> (Socket, Value) {
        let mut socket = self.raw_socket().await;
        let welcome = socket.next().await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        (socket, welcome)
    }

    /// Opens a socket and takes its welcome.
    pub async fn socket(&self) -> Socket {
        self.socket_and_welcome().await.0
    }

    /// Opens a socket over this address and takes its welcome; nothing when the server lets nobody in for now. It may refuse with an
    /// answer that `may_refuse` does not fail for, break the connection, or close it with one of these codes.
    pub async fn try_socket(
        &self,
        address: SocketAddr,
        path: &str,
        may_refuse: impl FnOnce(&Answer),
        codes: &[u16],
    ) -> Option<Socket> {
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).unwrap();
        let bearer = format!("Bearer {}", self.token());
        let headers = [("authorization", bearer.as_str())];
        let mut socket = match self.try_handshake_over(stream, path, &headers).await? {
            Ok(socket) => socket,
            Err(answer) => {
                may_refuse(&answer);
                return None;
            }
        };
        match socket.next_or_end().await {
            Ok(welcome) => {
                assert_eq!(welcome["type"], "welcome", "{welcome}");
                Some(socket)
            }
            Err(ended) => {
                ended.assert_expected(codes);
                None
            }
        }
    }

    /// The room of the organization that one is in.
    pub fn room(&self) -> String {
        format!("org:{}", self.organization)
    }
}
