//! What each server calls the same requests.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::wire::{Connection, Request, conditional, request};

/// A server that can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Tenon itself.
    Tenon,
    /// PocketBase as it ships.
    Pocketbase,
    /// PocketBase with Tenon's durability and indexes for Tenon's listings.
    PocketbaseEqual,
    /// Fastify 5 with `pg`.
    Fastify,
    /// The same, which keeps assets as Tenon does, with its indexes.
    FastifyEqual,
    /// The same with Tenon's feed of activities besides.
    FastifyFeed,
    /// Express 5 with `pg`.
    Express,
    /// Socket.IO 4 on Node.
    #[value(name = "socketio")]
    SocketIo,
    /// `ws` 8 on Node.
    Ws,
}

impl Kind {
    /// The name that tables show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tenon => "Tenon",
            Self::Pocketbase => "PocketBase as shipped",
            Self::PocketbaseEqual => "PocketBase equal",
            Self::Fastify => "Fastify + pg",
            Self::FastifyEqual => "Fastify equal",
            Self::FastifyFeed => "Fastify equal, feed",
            Self::Express => "Express + pg",
            Self::SocketIo => "Socket.IO",
            Self::Ws => "ws",
        }
    }

    fn is_pocketbase(self) -> bool {
        matches!(self, Self::Pocketbase | Self::PocketbaseEqual)
    }

    fn collection(self) -> &'static str {
        if self.is_pocketbase() {
            "/api/collections/assets/records"
        } else {
            "/api/assets"
        }
    }

    /// Registers an account.
    pub fn register(self, email: &str, password: &str) -> Request {
        let (path, body) = match self {
            Self::Pocketbase | Self::PocketbaseEqual => (
                "/api/collections/users/records",
                json!({ "email": email, "password": password, "passwordConfirm": password }),
            ),
            _ => (
                "/api/auth/register",
                json!({ "email": email, "password": password, "displayName": "Bench" }),
            ),
        };
        request("POST", path, None, Some(&body.to_string()))
    }

    /// Logs in.
    pub fn login(self, email: &str, password: &str) -> Request {
        let (path, body) = match self {
            Self::Pocketbase | Self::PocketbaseEqual => (
                "/api/collections/users/auth-with-password",
                json!({ "identity": email, "password": password }),
            ),
            _ => ("/api/auth/login", json!({ "email": email, "password": password })),
        };
        request("POST", path, None, Some(&body.to_string()))
    }

    /// The status of a login with a wrong password or for a missing account.
    pub fn refused_login(self) -> u16 {
        if self.is_pocketbase() { 400 } else { 401 }
    }

    /// The health check, which every server has at one path.
    pub fn health(self) -> Request {
        request("GET", "/api/health", None, None)
    }

    /// Reads one asset.
    pub fn get(self, session: &Session, id: &str) -> Request {
        request(
            "GET",
            &format!("{}/{id}", self.collection()),
            Some(&session.token),
            None,
        )
    }

    /// Lists assets, the newest first. PocketBase is told to leave out the total, which the others do not count.
    pub fn list(self, session: &Session, limit: usize, from: &Place) -> Request {
        let size = if self.is_pocketbase() {
            format!("perPage={limit}&sort=-created,-id&skipTotal=true")
        } else {
            format!("limit={limit}")
        };
        let from = match from {
            Place::Newest => String::new(),
            Place::Cursor(cursor) => format!("&cursor={cursor}"),
            Place::Page(number) => format!("&page={number}"),
        };
        let path = format!("{}?{size}{from}", self.collection());
        request("GET", &path, Some(&session.token), None)
    }

    /// Where the listing goes on behind the newest `count` assets, of which it shows twenty at a time.
    ///
    /// PocketBase numbers its pages; the others tell a cursor, which is got by going there in steps of a hundred.
    pub async fn behind(self, session: &Session, address: SocketAddr, count: usize) -> Result<Place> {
        if self.is_pocketbase() {
            return Ok(Place::Page(count / 20 + 1));
        }
        let mut place = Place::Newest;
        let mut connection = Connection::open(address).await?;
        for _ in 0..count / 100 {
            let response = connection.exchange(&self.list(session, 100, &place)).await?;
            let page: Value = serde_json::from_slice(response.body)?;
            let cursor = page.get("nextCursor").and_then(Value::as_str);
            place = Place::Cursor(cursor.context("the listing ends before")?.to_owned());
        }
        Ok(place)
    }

    /// Changes the title and the description of one asset, of the version with this tag where the server knows any.
    pub fn update(self, session: &Session, id: &str, tag: Option<&str>, asset: &Value) -> Request {
        let changes = json!({ "title": asset.get("title"), "description": asset.get("description") });
        let path = format!("{}/{id}", self.collection());
        let tag = if self.is_pocketbase() { None } else { tag };
        conditional("PATCH", &path, Some(&session.token), tag, Some(&changes.to_string()))
    }

    /// Creates an asset. PocketBase takes the owner from the body and its rule compares it with the token's.
    pub fn create(self, session: &Session, mut asset: Value) -> Request {
        if self.is_pocketbase()
            && let Value::Object(fields) = &mut asset
        {
            fields.insert("owner".into(), session.user.clone().into());
        }
        request(
            "POST",
            self.collection(),
            Some(&session.token),
            Some(&asset.to_string()),
        )
    }
}

/// Where a listing is read.
pub enum Place {
    /// At its beginning.
    Newest,
    /// Where a page before told.
    Cursor(String),
    /// The page with this number, from 1.
    Page(usize),
}

/// Someone signed in.
#[derive(Clone)]
pub struct Session {
    /// The bearer token.
    pub token: String,
    /// The user's id.
    pub user: String,
}

/// Sends one request and parses the answer, which must be 2xx.
pub async fn call(address: SocketAddr, request: &[u8]) -> Result<Value> {
    let mut connection = Connection::open(address).await?;
    let response = connection.exchange(request).await?;
    if !(200..300).contains(&response.status) {
        bail!(
            "answered {}: {}",
            response.status,
            String::from_utf8_lossy(response.body)
        );
    }
    Ok(serde_json::from_slice(response.body)?)
}

/// Posts to Tenon with a token.
pub async fn post(address: SocketAddr, path: &str, token: &str, body: &Value) -> Result<Value> {
    call(address, &request("POST", path, Some(token), Some(&body.to_string()))).await
}

/// The text that an answer has there.
pub fn text(answer: &Value, pointer: &str) -> Result<String> {
    let text = answer.pointer(pointer).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no {pointer} in {answer}"))?.to_owned())
}

/// Logs in and takes the token and the user's id out of the answer.
pub async fn sign_in(kind: Kind, address: SocketAddr, email: &str, password: &str) -> Result<Session> {
    let answer = call(address, &kind.login(email, password))
        .await
        .with_context(|| format!("{} login", kind.name()))?;
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let (token, user) = match kind {
        Kind::Pocketbase | Kind::PocketbaseEqual => (text("/token"), text("/record/id")),
        _ => (text("/accessToken"), text("/user/id")),
    };
    Ok(Session {
        token: token.context("no token in the answer")?,
        user: user.context("no user in the answer")?,
    })
}

/// The `id` of the resource in a body.
pub fn id_of(body: &[u8]) -> Result<String> {
    let answer: Value = serde_json::from_slice(body)?;
    Ok(answer
        .get("id")
        .and_then(Value::as_str)
        .context("no id in the answer")?
        .to_owned())
}
