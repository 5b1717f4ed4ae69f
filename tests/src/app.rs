//! The built binary as a server that tests ask over real sockets.
//!
//! ```ignore
//! for_each_setup!(an_asset_reads_back, |setup| {
//!     let app = setup.start().await;
//!     let ada = app.register("ada").await;
//!     let made = ada.create_asset(&json!({ "title": "Main pump" })).await.expect(201).json();
//!     assert_eq!(ada.asset(made["id"].as_str().unwrap()).await.expect(200).json(), made);
//! });
//! ```

mod answer;
mod api_keys;
mod assets;
mod client;
mod credentials;
mod endpoints;
mod kept;
mod keys;
mod mail;
mod options;
mod person;
mod problem;
mod process;
mod rooms;
mod socket;
mod socketio;
mod tenancy;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::RwLock;
use serde_json::json;

pub use answer::{Answer, is_id, is_stamp};
pub use api_keys::{Holder, SCOPES};
pub use client::{Call, Client, Page};
pub use credentials::text as secret_text;
pub use mail::{letter, opened, sealed};
pub use options::{ENCRYPTION_KEY, JWT_SECRET, OPERATOR_PASSWORD, Options, Setup};
pub use person::{PASSWORD, Person, address};
pub use problem::Problem;
pub use socket::{Ended, Socket, position, subscription};
pub use socketio::{Said, SocketIo, Transport};
pub use tenancy::id;

use crate::databases::Database;
use crate::race::race;
use crate::waiting::until_ok;
use process::{PATIENCE, Place, Process};

/// A running server with a database of its own.
pub struct TestApp {
    // Dropped in this order: whoever works with a thing, then the thing.
    process: Process,
    address: Arc<RwLock<SocketAddr>>,
    http: reqwest::Client,
    options: Options,
    place: Arc<Place>,
}

impl TestApp {
    /// Starts a server on a free port and waits until it is ready.
    ///
    /// # Panics
    ///
    /// When it does not become ready; the panic carries its log.
    pub async fn start(options: Options) -> Self {
        let place = Arc::new(Place::new(&options));
        Self::at(place, options).await
    }

    /// Starts this many instances at the same moment on one empty database.
    ///
    /// # Panics
    ///
    /// When one of them does not become ready.
    pub async fn start_together(options: Options, instances: usize) -> Vec<Self> {
        let place = Arc::new(Place::new(&options));
        let starts = (0..instances).map(|_| {
            let (place, options) = (Arc::clone(&place), options.clone());
            async move { Self::at(place, options).await }
        });
        race(starts).await
    }

    async fn at(place: Arc<Place>, options: Options) -> Self {
        let (process, address) = Process::start(&place, &options).await;
        Self {
            process,
            address: Arc::new(RwLock::new(address)),
            http: client::http(),
            options,
            place,
        }
    }

    /// A second instance on the same database, Redis, secrets and folder, with further variables.
    pub async fn another(&self, variables: &[(&str, &str)]) -> Self {
        let options = variables
            .iter()
            .fold(self.options.clone(), |options, (name, value)| options.set(name, value));
        Self::at(Arc::clone(&self.place), options).await
    }

    /// Somebody without a token, at an address that nobody else has.
    pub fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), Arc::clone(&self.address))
    }

    /// Somebody without a token who asks at another address, where something passes requests on.
    pub fn anonymous_at(&self, address: SocketAddr) -> Client {
        Client::new(self.http.clone(), Arc::new(RwLock::new(address)))
    }

    /// Registers somebody. The address is `name`, some random digits, and `@example.org`.
    pub async fn register(&self, name: &str) -> Person {
        self.register_with(name, &json!({})).await
    }

    /// Registers somebody with further or other fields.
    pub async fn register_with(&self, name: &str, fields: &serde_json::Value) -> Person {
        Person::register(self.anonymous(), name, fields).await
    }

    /// Ada, who owns an organization, and Bob, who is a member of it.
    pub async fn colleagues(&self) -> (Person, Person) {
        let ada = self.register("ada").await;
        let bob = ada.take_in(&self.register("bob").await, "member").await;
        (ada, bob)
    }

    /// Somebody who holds the operator's token.
    pub async fn operator(&self) -> Client {
        let anonymous = self.anonymous();
        let answer = anonymous.login_operator(OPERATOR_PASSWORD).await.expect(200).json();
        anonymous.with_token(answer["token"].as_str().unwrap())
    }

    /// `http://127.0.0.1:PORT`; another one after a restart.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where it listens; elsewhere after a restart.
    pub fn address(&self) -> SocketAddr {
        *self.address.read()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// All that the server wrote to its log and to standard error; what it answered just now may not be in it yet.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The log with all that was answered until now. It is written behind the answers, so what this asks last is waited for.
    pub async fn log_so_far(&self) -> String {
        let id = uuid::Uuid::new_v4().to_string();
        let last = self.anonymous().call(reqwest::Method::GET, "/api/health");
        last.header("x-request-id", &id).send().await;
        until_ok("the log has the last answer", PATIENCE, async || {
            let log = self.log();
            if log.contains(&id) { Ok(log) } else { Err(log) }
        })
        .await
    }

    /// Where the server runs; its data is in `data` there.
    pub fn folder(&self) -> &std::path::Path {
        self.place.folder()
    }

    /// The database that it works on.
    pub fn database(&self) -> &Database {
        self.place.database()
    }

    /// The Redis of its own, if the options asked for one.
    pub fn redis(&self) -> Option<&parking_lot::Mutex<xtask::servers::Redis>> {
        self.place.redis()
    }

    /// The binary with these arguments, in the folder and with the variables of the server, to be run beside it.
    pub fn command(&self, arguments: &[&str]) -> std::process::Command {
        process::command(&self.place, &self.options, arguments)
    }

    /// SIGTERM, without waiting for the end.
    pub fn terminate(&mut self) {
        self.process.terminate();
    }

    /// SIGTERM, and the exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        self.process.stop().await
    }

    /// SIGKILL.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Starts the server again after [`stop`](Self::stop) or [`kill`](Self::kill), on another port; clients follow.
    pub async fn start_again(&mut self) {
        let (process, address) = Process::start(&self.place, &self.options).await;
        self.process = process;
        *self.address.write() = address;
    }

    /// SIGTERM, then [`start_again`](Self::start_again).
    pub async fn restart(&mut self) {
        assert_eq!(self.stop().await, Some(0), "{}", self.log());
        self.start_again().await;
    }
}

/// How often a test kills servers: `TENON_TEST_KILLS`, or as often as usual.
pub fn number_of_kills(usual: u64) -> u64 {
    std::env::var("TENON_TEST_KILLS").map_or(usual, |number| number.parse().unwrap())
}
