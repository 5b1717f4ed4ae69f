//! Configuration: defaults, a file and the environment, read into one struct per concern, with every mistake found at
//! once.

mod access;
mod auth;
mod catalogue;
mod cluster;
mod console;
mod encryption;
mod graph;
mod jobs;
mod layer;
mod log;
mod masking;
mod overview;
mod plain;
mod problem;
mod reader;
mod reference;
mod server;
mod sockets;
mod storage;
mod strength;
mod telemetry;
#[cfg(test)]
mod tests;
mod variables;

use std::path::{Path, PathBuf};

use config::Config;

pub use access::{Cors, Limits, Proxies};
pub use auth::{Auth, ConfiguredSecrets, Hashing};
pub use cluster::Cluster;
pub use console::Console;
pub use encryption::EncryptionKeys;
pub use graph::Graph;
pub use jobs::Jobs;
pub use log::{Log, LogFormat};
pub use overview::Overview;
pub use problem::Problems;
pub use reference::reference;
pub use server::Server;
pub use sockets::Sockets;
pub use storage::{Data, Database, DatabaseUrl, Redis};
pub use telemetry::Telemetry;
pub use variables::Variables;

pub(crate) use catalogue::values_of;

use catalogue::Catalogue;
use layer::Layer;
use problem::Problem;
use reader::Reader;

/// The file that is read without being named, in the working directory.
const USUAL_FILE: &str = "tenon.toml";

/// How much is at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Makes its own secrets and tells causes of errors.
    Development,
    /// Refuses missing and weak secrets.
    Production,
}

/// Everything that can be configured, valid as a whole.
#[derive(Debug, Clone)]
pub struct Settings {
    pub environment: Environment,
    pub server: Server,
    pub data: Data,
    pub database: Database,
    pub redis: Redis,
    pub auth: Auth,
    pub limits: Limits,
    pub sockets: Sockets,
    pub jobs: Jobs,
    pub cluster: Cluster,
    pub console: Console,
    pub cors: Cors,
    pub proxies: Proxies,
    pub log: Log,
    pub telemetry: Telemetry,
    pub graph: Graph,
}

/// What was configured, and what there is to say about it.
#[derive(Debug)]
pub struct Configuration {
    pub settings: Settings,
    /// What works but should not stay so.
    pub warnings: Vec<String>,
    /// Every value and its origin.
    pub overview: Overview,
}

impl Configuration {
    /// Reads the configuration: `file`, or what `TENON_CONFIG` names, or `tenon.toml` if there is one, and `variables`.
    ///
    /// # Errors
    ///
    /// Every mistake there is.
    pub fn load(file: Option<&Path>, variables: &Variables) -> Result<Self, Problems> {
        let catalogue = Catalogue::embedded();
        let mut problems = Vec::new();
        let mut sources = Config::builder().add_source(Layer::defaults(&catalogue));
        if let Some((path, text)) = document(file, variables, &mut problems) {
            sources = sources.add_source(Layer::document(&catalogue, &text, &path, &mut problems));
        }
        sources = sources.add_source(Layer::plain(&catalogue, variables, &mut problems));
        sources = sources.add_source(Layer::spelled_out(&catalogue, variables, &mut problems));
        let merged = sources
            .build()
            .map_err(|error| Problems(vec![Problem::new("configuration", error.to_string(), "every source")]))?;

        let mut reader = Reader::new(&merged, problems);
        let settings = Settings::read(&mut reader);
        let Reader { problems, warnings, .. } = reader;
        match settings {
            Some(settings) if problems.is_empty() => Ok(Self {
                settings,
                warnings,
                overview: Overview::new(&catalogue, &merged),
            }),
            _ => Err(Problems(problems)),
        }
    }
}

impl Settings {
    /// Whether clients reach this server through TLS.
    pub fn is_behind_tls(&self) -> bool {
        self.server.app_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let environment = reader.parse("environment", "development or production", |text| match text {
            "development" => Some(Environment::Development),
            "production" => Some(Environment::Production),
            _ => None,
        });
        let server = Server::read(reader, environment);
        let data = Data::read(reader);
        let folder = data.as_ref().map(|data| data.folder.as_path());
        let database = Database::read(reader, folder, environment);
        let redis = Redis::read(reader);
        let auth = Auth::read(reader, environment);
        let limits = Limits::read(reader);
        let sockets = Sockets::read(reader);
        let jobs = Jobs::read(reader);
        let cluster = Cluster::read(reader);
        let console = Console::read(reader);
        let cors = Cors::read(reader);
        let proxies = Proxies::read(reader);
        let log = Log::read(reader);
        let telemetry = Telemetry::read(reader);
        let graph = Graph::read(reader, environment);
        Some(Self {
            environment: environment?,
            server: server?,
            data: data?,
            database: database?,
            redis: redis?,
            auth: auth?,
            limits: limits?,
            sockets: sockets?,
            jobs: jobs?,
            cluster: cluster?,
            console: console?,
            cors: cors?,
            proxies: proxies?,
            log: log?,
            telemetry: telemetry?,
            graph: graph?,
        })
    }
}

/// The path and the text of the configuration file, if there is one. One that was named must be there.
fn document(file: Option<&Path>, variables: &Variables, problems: &mut Vec<Problem>) -> Option<(String, String)> {
    let named = file
        .map(Path::to_owned)
        .or_else(|| variables.get("TENON_CONFIG").map(PathBuf::from));
    let is_named = named.is_some();
    let path = named.unwrap_or_else(|| USUAL_FILE.into());
    match std::fs::read_to_string(&path) {
        Ok(text) => Some((path.display().to_string(), text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_named => None,
        Err(error) => {
            let origin = match file {
                Some(_) => "--config",
                None if is_named => "TENON_CONFIG",
                None => "the working directory",
            };
            problems.push(Problem::new(
                "file",
                format!("{} cannot be read: {error}", path.display()),
                origin,
            ));
            None
        }
    }
}
