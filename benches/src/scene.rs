//! The scene of every scenario: the database, the servers, an account in each, and the same assets in each.

use std::cell::RefCell;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use xtask::random::Random;

use crate::api::{Kind, Session, call, id_of, sign_in};
use crate::generate::asset;
use crate::load::{Bound, Load, Run};
use crate::measure::Watched;
use crate::postgres::Postgres;
use crate::processes::resident_kib;
use crate::report::progress;
use crate::server::{Server, Store};
use crate::wire::Request;

/// The password of every account; long enough for each server's rules, and on no list of common ones.
pub const PASSWORD: &str = "mortise-and-tenon-4417";
/// Whom the assets belong to.
pub const EMAIL: &str = "owner@bench.example";

/// Which database a scenario runs on.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Database {
    /// Embedded.
    Sqlite,
    /// `TENON_BENCH_POSTGRES`, or a server started for the run.
    Postgres,
}

impl Database {
    /// Opens or starts it.
    pub fn open(self) -> Result<Store> {
        Ok(match self {
            Self::Sqlite => Store::Sqlite,
            Self::Postgres => Store::Postgres(Box::new(Postgres::open()?)),
        })
    }
}

/// What every scenario is told.
#[derive(Args)]
pub struct Setting {
    /// Tenon's binary.
    #[arg(long, default_value = "target/release/tenon")]
    pub tenon: PathBuf,
    /// How many assets the owner has.
    #[arg(long, default_value_t = 20_000)]
    pub assets: usize,
    /// The seed of the assets; the same seed gives every server the same ones.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// A server with an owner and their assets.
pub struct Contender {
    /// The server.
    pub server: Server,
    /// The ids of the seeded assets.
    pub ids: Vec<String>,
    /// Resident memory before the first request, in KiB.
    pub idle_kib: u64,
}

impl Contender {
    /// Starts the server, registers the owner and creates the assets through the server's own API.
    pub async fn prepare(kind: Kind, setting: &Setting, store: &mut Store) -> Result<Self> {
        progress(&format!(
            "starting {} and creating {} assets",
            kind.name(),
            setting.assets
        ));
        let server = Server::start(kind, &setting.tenon, store).await?;
        let idle_kib = resident_kib(server.id())?;
        call(server.address, &kind.register(EMAIL, PASSWORD))
            .await
            .context("registering the owner")?;
        let session = sign_in(kind, server.address, EMAIL, PASSWORD).await?;
        let requests = creations(kind, &session, setting.seed, setting.assets);
        let ids = RefCell::new(Vec::with_capacity(setting.assets));
        if !requests.is_empty() {
            let keep = |body: &[u8]| {
                ids.borrow_mut().push(id_of(body)?);
                Ok(())
            };
            let load = Load {
                observe: Some(&keep),
                ..Load::new(server.address, 32, &requests)
            };
            load.connect()
                .await?
                .run(Bound::Count(requests.len()))
                .await
                .context("seeding")?;
        }
        Ok(Self {
            server,
            ids: ids.into_inner(),
            idle_kib,
        })
    }

    /// Signs the owner in anew; access tokens are short-lived.
    pub async fn session(&self) -> Result<Session> {
        sign_in(self.server.kind, self.server.address, EMAIL, PASSWORD).await
    }

    /// The owner's login, as a request.
    pub fn login(&self) -> Request {
        self.server.kind.login(EMAIL, PASSWORD)
    }

    /// One GET for each asset, in a random order.
    pub fn reads(&self, session: &Session, seed: u64) -> Vec<Request> {
        let mut requests: Vec<_> = self.ids.iter().map(|id| self.server.kind.get(session, id)).collect();
        Random::seeded(seed).shuffle(&mut requests);
        requests
    }

    /// The processes to watch while this server works.
    pub fn watched(&self, store: &Store) -> Watched {
        Watched {
            servers: vec![self.server.id()],
            databases: store.process_id().into_iter().collect(),
        }
    }
}

/// So many creations of assets, made from the seed.
pub fn creations(kind: Kind, session: &Session, seed: u64, count: usize) -> Vec<Request> {
    let mut random = Random::seeded(seed);
    (0..count).map(|_| kind.create(session, asset(&mut random))).collect()
}
