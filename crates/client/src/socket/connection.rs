use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::frames::{FromServer, ToServer};
use super::line::News;
use crate::api::ApiError;
use crate::session::Session;

const PROTOCOL: &str = "tenon.v1";

/// Longer than a handshake takes.
const HANDSHAKE: Duration = Duration::from_secs(20);

/// After so long without a sign of life from the server it is asked for one, and after twice as long the connection is given up. The
/// server itself asks every 25 seconds.
const SILENCE: Duration = Duration::from_secs(35);

/// A token is renewed so long before it ends.
const EARLY: Duration = Duration::from_secs(50);

/// Why a connection ended, as far as it matters for the next one.
pub(super) enum Ending {
    /// Connect again: the network did it.
    Cut,
    /// Connect again: the server or this side did it, and may do it again at once.
    Closed,
    /// Connect again after this time, which the server asked for.
    Asked(Duration),
    /// The token is not taken any more: connect with another.
    Token,
    /// Too much was sent or opened.
    Limited,
    /// Nobody listens to this any more.
    Unwanted,
    /// It would be refused again.
    Refused(ApiError),
}

pub(super) struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    token: SecretString,
    renew: Instant,
}

impl Connection {
    /// Connects as a device, with a token other than `refused`.
    pub async fn open(session: &Session, device: u32, refused: Option<&SecretString>) -> Result<Self, Ending> {
        let passing = |error: ApiError| {
            if error.is_passing() {
                Ending::Cut
            } else {
                Ending::Refused(error)
            }
        };
        if let Some(refused) = refused {
            session.token_instead_of(refused).await.map_err(passing)?;
        }
        let (token, life) = session.token().await.map_err(passing)?;
        let uri = address(session, device).ok_or_else(|| {
            let text = format!("{} is no address of a server", session.server());
            Ending::Refused(ApiError::Unreadable(text))
        })?;
        let request = ClientRequestBuilder::new(uri)
            .with_header("Authorization", format!("Bearer {}", token.expose_secret()))
            .with_sub_protocol(PROTOCOL);
        match timeout(HANDSHAKE, connect_async(request)).await {
            Ok(Ok((socket, _))) => Ok(Self {
                socket,
                token,
                renew: Instant::now() + life.saturating_sub(EARLY),
            }),
            Ok(Err(Error::Http(answer))) if answer.status() == 401 => Err(Ending::Token),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the socket was not opened");
                Err(Ending::Cut)
            }
            Err(_) => Err(Ending::Cut),
        }
    }

    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Carries frames both ways until the connection ends.
    pub async fn carry(
        &mut self,
        session: &Arc<Session>,
        news: &mpsc::Sender<News>,
        outgoing: &mut mpsc::Receiver<String>,
    ) -> Ending {
        let mut asked = false;
        let mut silence = Instant::now() + SILENCE;
        loop {
            let came = tokio::select! {
                came = self.socket.next() => came,
                frame = outgoing.recv() => {
                    let Some(frame) = frame else { return Ending::Unwanted };
                    if self.say(frame).await.is_err() { return Ending::Cut }
                    continue;
                }
                () = sleep_until(self.renew) => {
                    if let Err(ending) = self.renew(session).await { return ending }
                    continue;
                }
                () = sleep_until(silence) => {
                    if asked || self.say(ToServer::Ping.text()).await.is_err() { return Ending::Cut }
                    (asked, silence) = (true, Instant::now() + SILENCE);
                    continue;
                }
            };
            (asked, silence) = (false, Instant::now() + SILENCE);
            let text = match came {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(frame))) => return ending(frame.as_ref()),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return Ending::Cut,
            };
            match serde_json::from_str(&text) {
                Ok(FromServer::Drain { retry_after_ms }) => {
                    return Ending::Asked(Duration::from_millis(retry_after_ms));
                }
                Ok(frame) => {
                    if news.send(News::Frame(frame)).await.is_err() {
                        return Ending::Unwanted;
                    }
                }
                Err(error) => tracing::warn!(%error, "a frame of the server cannot be understood"),
            }
        }
    }

    async fn renew(&mut self, session: &Session) -> Result<(), Ending> {
        let (token, life) = match session.token().await {
            Ok(renewed) => renewed,
            Err(error) if error.is_passing() => {
                self.renew = Instant::now() + Duration::from_secs(5);
                return Ok(());
            }
            Err(error) => return Err(Ending::Refused(error)),
        };
        self.renew = Instant::now() + life.saturating_sub(EARLY).max(Duration::from_secs(1));
        self.token = token;
        let frame = ToServer::Auth {
            token: self.token.expose_secret(),
        };
        self.say(frame.text()).await.map_err(|_| Ending::Cut)
    }

    async fn say(&mut self, text: String) -> Result<(), Error> {
        self.socket.send(Message::text(text)).await
    }

    /// Ends it in good order, as far as the server takes part in that.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(2), self.socket.close(None)).await;
    }
}

fn address(session: &Session, device: u32) -> Option<Uri> {
    let mut url = session.server().join("/api/ws").ok()?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).ok()?;
    if device > 0 {
        url.set_query(Some(&format!("device={device}")));
    }
    url.as_str().parse().ok()
}

/// README.md of the server says what its numbers mean.
fn ending(frame: Option<&CloseFrame>) -> Ending {
    match frame.map(|frame| u16::from(frame.code)) {
        Some(4401 | 4403) => Ending::Token,
        Some(4409 | 4429) => Ending::Limited,
        _ => Ending::Closed,
    }
}
