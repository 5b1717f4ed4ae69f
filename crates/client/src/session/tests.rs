use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const ID: &str = "0198c0de-0000-7000-8000-00000000000a";

/// A server that knows one session. It takes the refresh token `refresh-N` once, and answers with `access-N+1` and `refresh-N+1`.
#[derive(Default)]
struct Server {
    refreshed: AtomicUsize,
    asked: AtomicUsize,
    /// From then on it takes no token of the session.
    ended: AtomicBool,
}

impl Server {
    async fn start() -> (Arc<Self>, Url) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let server = Arc::new(Self::default());
        let serving = Arc::clone(&server);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let server = Arc::clone(&serving);
                tokio::spawn(async move { server.answer(stream).await });
            }
        });
        (server, url)
    }

    async fn answer(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            head.push_str(&line.to_lowercase());
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let (status, answer) = self.follow(&head, &String::from_utf8(body).unwrap());
        let answer = format!(
            "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    fn follow(&self, head: &str, body: &str) -> (u16, String) {
        let generation = self.refreshed.load(Ordering::SeqCst);
        if head.starts_with("post /api/auth/refresh") {
            let is_ended = self.ended.load(Ordering::SeqCst);
            if is_ended || !body.contains(&format!("\"refresh-{generation}\"")) {
                return (401, r#"{"code":"refresh_token_reused","detail":""}"#.to_owned());
            }
            self.refreshed.fetch_add(1, Ordering::SeqCst);
            return (200, signed_in(generation + 1));
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        let is_known = head.contains(&format!("bearer access-{generation}\r"));
        if !is_known || self.ended.load(Ordering::SeqCst) {
            return (401, r#"{"code":"token_invalid","detail":""}"#.to_owned());
        }
        if head.starts_with("post /api/auth/logout") {
            self.ended.store(true, Ordering::SeqCst);
            return (204, String::new());
        }
        (200, r#"{"items":[],"nextCursor":null}"#.to_owned())
    }
}

fn signed_in(generation: usize) -> String {
    format!(
        r#"{{"accessToken":"access-{generation}","expiresIn":900,"refreshToken":"refresh-{generation}",
            "user":{{"id":"{ID}","email":"ada@example.com","displayName":"Ada"}},"organization":{{"id":"{ID}","name":"A"}}}}"#
    )
}

/// A store as a process left it whose access token ends then.
fn left(folder: &Path, server: &Url, tokens: Tokens) -> Arc<Store> {
    let store = Store::open(folder, None).unwrap();
    let id = ID.parse().unwrap();
    let identity = Identity {
        server: server.as_str().to_owned(),
        user: id,
        organization: id,
        email: "ada@example.com".to_owned(),
        display_name: "Ada".to_owned(),
    };
    let mut changes = Changes::new();
    changes.put(NAME, serde_json::to_vec(&Stored { identity, tokens }).unwrap());
    store.commit(changes).unwrap();
    Arc::new(store)
}

#[tokio::test]
async fn many_requests_at_once_refresh_a_token_that_has_ended_once() {
    let folder = tempfile::tempdir().unwrap();
    let (server, url) = Server::start().await;
    let store = left(folder.path(), &url, Tokens::new("access-0", "refresh-0", 0));
    let session = Arc::new(Session::resume(&url, &store).unwrap().unwrap());
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let session = Arc::clone(&session);
            tokio::spawn(async move { session.members().await })
        })
        .collect();
    for asked in asking {
        assert!(asked.await.unwrap().unwrap().is_empty());
    }
    assert_eq!(server.refreshed.load(Ordering::SeqCst), 1);
    assert_eq!(server.asked.load(Ordering::SeqCst), 20);
    let kept = stored(&store).unwrap().unwrap();
    assert_eq!(kept.tokens.refresh().expose_secret(), "refresh-1");
}

#[tokio::test]
async fn a_token_that_the_server_does_not_take_is_refreshed_and_the_request_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let (server, url) = Server::start().await;
    let store = left(folder.path(), &url, Tokens::new("revoked", "refresh-0", 900));
    let session = Session::resume(&url, &store).unwrap().unwrap();
    assert!(session.members().await.unwrap().is_empty());
    assert_eq!(server.refreshed.load(Ordering::SeqCst), 1);
    assert_eq!(server.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refresh_token_that_was_used_elsewhere_ends_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let (server, url) = Server::start().await;
    let store = left(folder.path(), &url, Tokens::new("access-9", "refresh-9", 0));
    let session = Session::resume(&url, &store).unwrap().unwrap();
    assert!(matches!(session.members().await, Err(ApiError::SignedOut)));
    assert_eq!(server.asked.load(Ordering::SeqCst), 0);
    let shown = format!("{session:?}");
    assert_eq!(shown, format!("Session({ID})"));
}

#[tokio::test]
async fn who_signs_out_ends_the_session_at_the_server_and_keeps_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let (server, url) = Server::start().await;
    let store = left(folder.path(), &url, Tokens::new("access-0", "refresh-0", 900));
    let session = Session::resume(&url, &store).unwrap().unwrap();
    session.sign_out().await.unwrap();
    assert!(server.ended.load(Ordering::SeqCst));
    let kept = stored(&store).unwrap().unwrap();
    assert_eq!(kept.identity.email, "ada@example.com");
    let tokens = [kept.tokens.access(), kept.tokens.refresh()];
    assert_eq!(tokens.each_ref().map(ExposeSecret::expose_secret), ["", ""]);
    let resumed = Session::resume(&url, &store).unwrap().unwrap();
    for session in [session, resumed] {
        assert!(matches!(session.members().await, Err(ApiError::SignedOut)));
    }
    assert_eq!(server.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_store_of_another_server_is_not_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let (_, url) = Server::start().await;
    let store = left(folder.path(), &url, Tokens::new("access-0", "refresh-0", 900));
    let other = "https://elsewhere.example.org".parse().unwrap();
    assert!(matches!(
        Session::resume(&other, &store),
        Err(SignInError::OtherAccount)
    ));
}
