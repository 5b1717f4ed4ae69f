//! Somebody who is subscribed: answers handshakes rightly and posts as a test says.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc;

pub struct Post {
    pub path: String,
    pub body: Value,
}

pub enum Reply {
    Status(u16),
    After(Duration, u16),
}

pub struct Subscriber {
    pub url: String,
    /// The tokens of the handshakes, decoded.
    pub tokens: Arc<Mutex<Vec<String>>>,
    posts: mpsc::UnboundedReceiver<Post>,
    handle: ServerHandle,
}

/// What everybody who answers shares.
struct Shared {
    answer: Box<dyn Fn(usize) -> Reply + Send + Sync>,
    seen: Mutex<usize>,
    tokens: Arc<Mutex<Vec<String>>>,
    posts: mpsc::UnboundedSender<Post>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handshake {
    validation_token: Option<String>,
}

impl Subscriber {
    pub fn new() -> Self {
        Self::answering(|_| Reply::Status(202))
    }

    /// Answers each post by `answer`, which is told how many there were before.
    pub fn answering(answer: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let (sender, posts) = mpsc::unbounded_channel();
        let tokens = Arc::default();
        let shared = web::Data::new(Shared {
            answer: Box::new(answer),
            seen: Mutex::new(0),
            tokens: Arc::clone(&tokens),
            posts: sender,
        });
        let factory = move || {
            let limit = web::PayloadConfig::new(64 * 1024 * 1024);
            App::new()
                .app_data(shared.clone())
                .app_data(limit)
                .default_service(web::to(take))
        };
        let server = HttpServer::new(factory).workers(1).disable_signals();
        let server = server.bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/webhook", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            url,
            tokens,
            posts,
            handle,
        }
    }

    pub async fn post(&mut self) -> Post {
        self.posts.recv().await.unwrap()
    }

    /// No post came that was not looked at.
    pub fn assert_idle(&mut self) {
        assert!(self.posts.try_recv().is_err());
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn take(
    shared: web::Data<Shared>,
    request: HttpRequest,
    handshake: web::Query<Handshake>,
    body: web::Bytes,
) -> HttpResponse {
    if let Some(token) = &handshake.validation_token {
        assert!(body.is_empty());
        shared.tokens.lock().push(token.clone());
        return HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body(token.clone());
    }
    let before = {
        let mut seen = shared.seen.lock();
        *seen += 1;
        *seen - 1
    };
    let _ = shared.posts.send(Post {
        path: request.path().to_owned(),
        body: serde_json::from_slice(&body).unwrap(),
    });
    let status = match (shared.answer)(before) {
        Reply::Status(status) => status,
        Reply::After(time, status) => {
            tokio::time::sleep(time).await;
            status
        }
    };
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish()
}
