use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::RwLock;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use uuid::Uuid;

use super::TestApp;
use super::answer::Answer;

/// Somebody who asks: a token or none, and an address.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    server: Arc<RwLock<SocketAddr>>,
    token: Option<String>,
    address: String,
}

/// A request that is being put together.
#[derive(Debug)]
pub struct Call {
    asked: String,
    request: reqwest::RequestBuilder,
}

/// One page of a listing.
#[derive(Debug, Clone)]
pub struct Page {
    pub items: Vec<Value>,
    pub next: Option<String>,
    pub total: Option<u64>,
}

/// Takes answers as they come: nothing is decompressed, no redirect is followed.
pub(super) fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder().gzip(false).no_proxy();
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl Client {
    pub(super) fn new(http: reqwest::Client, server: Arc<RwLock<SocketAddr>>) -> Self {
        let [.., a, b, c] = Uuid::new_v4().into_bytes();
        Self {
            http,
            server,
            token: None,
            address: format!("10.{a}.{b}.{c}"),
        }
    }

    /// The same with this access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same without a token.
    #[must_use]
    pub fn without_token(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// The same person asking another instance.
    #[must_use]
    pub fn at(&self, app: &TestApp) -> Self {
        Self {
            token: self.token.clone(),
            address: self.address.clone(),
            ..app.anonymous()
        }
    }

    /// The same person asking by way of another address, over connections of their own.
    #[must_use]
    pub fn by_way_of(&self, address: SocketAddr) -> Self {
        Self {
            http: http(),
            server: Arc::new(RwLock::new(address)),
            ..self.clone()
        }
    }

    /// Where the server listens; elsewhere after a restart.
    pub fn server_address(&self) -> SocketAddr {
        *self.server.read()
    }

    /// The access token.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// The address that the server sees.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A request to a path, with the token if there is one.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let asked = format!("{method} {path}");
        let url = format!("http://{}{path}", self.server.read());
        let mut request = self.http.request(method, url).header("x-forwarded-for", &self.address);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Call { asked, request }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    /// A post that may be repeated under a key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let call = self.call(Method::POST, path).header("idempotency-key", key);
        call.json(body).send().await
    }

    pub async fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        let call = self.call(Method::PATCH, path).header("if-match", etag);
        call.json(body).send().await
    }

    pub async fn delete(&self, path: &str, etag: &str) -> Answer {
        self.call(Method::DELETE, path).header("if-match", etag).send().await
    }

    /// One page of the listing at a path, which may have a query.
    pub async fn page(&self, path: &str) -> Page {
        let page = self.get(path).await.expect(200).json();
        Page {
            items: page["items"].as_array().unwrap().clone(),
            next: page["nextCursor"].as_str().map(str::to_owned),
            total: page["total"].as_u64(),
        }
    }

    /// All items of the listing at a path, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut page = self.page(path).await;
        let mut items = page.items;
        while let Some(cursor) = page.next {
            page = self.page(&format!("{path}{separator}cursor={cursor}")).await;
            assert!(!page.items.is_empty(), "an empty page follows");
            items.append(&mut page.items);
        }
        items
    }
}

impl Call {
    /// Adds a header; one that is there already is there twice then.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
        self.request = self.request.header(name, value);
        self
    }

    /// Sets headers in place of those that are there.
    #[must_use]
    pub fn instead(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
        self.request = self.request.headers(headers);
        self
    }

    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// A body with its type.
    #[must_use]
    pub fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        let mut call = self.header("content-type", content_type);
        call.request = call.request.body(body);
        call
    }

    /// A body without a type.
    #[must_use]
    pub fn bare_body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.body(body);
        self
    }

    pub async fn send(self) -> Answer {
        let asked = self.asked;
        let response = self
            .request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        Answer::of(asked, response).await
    }

    /// The answer, or nothing when the connection broke.
    pub async fn try_send(self) -> Option<Answer> {
        let response = self.request.send().await.ok()?;
        Answer::whole(self.asked, response).await.ok()
    }
}
