use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tenon_cluster::Cluster;
use tenon_http::{Api, ApiSettings, Beside, Serving, Timeouts, WebhookMeter};
use tenon_kernel::{Quota, Unavailable};
use tenon_redis::Subscription;
use tenon_rooms::Announcer;
use tenon_workers::{Running, Workers};
use tokio::task::JoinSet;

use crate::background::{self, Learning};
use crate::banner::Banner;
use crate::configuration::{Environment, Settings};
use crate::listener::{ListenError, listen};
use crate::meanwhile;
use crate::secrets::{Secrets, SecretsError};
use crate::signals::StopSignals;
use crate::wiring::{Services, WiringError, auth_quota};
use crate::workers::{self, GraphTasks};

/// Why Tenon does not serve.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be had.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The secrets of development cannot be read or made.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// A service does not work.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// The revocations cannot be read.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The server panicked, which was logged.
    #[error("serving failed: {0}")]
    Panicked(#[from] tokio::task::JoinError),
    /// The system refused something else.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything that had been asked was answered, or had its time.
    Finished,
    /// Somebody was in a hurry.
    Hurried,
}

/// Tenon, listening and about to accept.
pub struct Application {
    api: Api,
    beside: Option<Beside>,
    listener: TcpListener,
    threads: usize,
    background: JoinSet<()>,
    announcer: Announcer,
    cluster: Cluster,
    workers: Running,
    banner: Option<Banner>,
    _subscription: Option<Subscription>,
}

impl Application {
    /// Takes the address, then the secrets, then everything that takes longer, so that a start that cannot work fails
    /// before it changes anything.
    ///
    /// # Errors
    ///
    /// As [`StartError`] says.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        let listener = listen(SocketAddr::new(settings.server.bind, settings.server.port))?;
        let secrets = Secrets::complete(settings.auth.secrets.clone(), &settings.data.folder)?;
        let starting = async {
            let services = Services::start(&settings, &secrets).await?;
            let learning = Learning::start(services.accounts.clone(), Arc::clone(&services.clock)).await?;
            tokio::join!(services.health.look(), services.queues.look());
            Ok::<_, StartError>((services, learning))
        };
        let (mut services, learning) = meanwhile::answering(&listener, &settings, starting).await??;

        let workers = workers(&settings, &services);
        let background = background(&services, settings.cluster.probe_interval, learning);
        Ok(Self {
            banner: (settings.environment == Environment::Development).then(|| Banner::new(&settings, secrets.file)),
            workers: workers.start(),
            threads: threads(settings.server.workers),
            beside: settings.console.enabled.then_some(tenon_console::register as Beside),
            listener,
            background,
            announcer: services.announcer.clone(),
            cluster: services.cluster.clone(),
            _subscription: services.subscription.take(),
            api: api(services, settings),
        })
    }

    /// Serves until a signal asks to stop: then says that it is not ready, accepts nothing more, answers what was asked,
    /// and ends the work in the background. A second signal ends all of it at once.
    ///
    /// # Errors
    ///
    /// The system's.
    pub async fn run(
        mut self,
        mut signals: StopSignals,
        ready: impl FnOnce(SocketAddr, Option<Banner>),
    ) -> Result<Ending, StartError> {
        let address = self.listener.local_addr()?;
        let Serving { server, drain } = tenon_http::serve(self.api, self.beside, self.listener, self.threads)?;
        let mut serving = tokio::spawn(server);
        ready(address, self.banner);
        let signal = tokio::select! {
            ended = &mut serving => return ended?.map(|()| Ending::Finished).map_err(StartError::Io),
            signal = signals.next() => signal,
        };
        tracing::info!(signal, "stopping: what was asked before is answered");
        let left = background::cluster::leave(&self.cluster);
        let ending = async { tokio::join!(left, drain.finish(), self.workers.stop()) };
        tokio::select! {
            ((), (), ()) = ending => {}
            signal = signals.next() => {
                tracing::warn!(signal, "stopping at once");
                return Ok(Ending::Hurried);
            }
        }
        serving.await??;
        self.background.shutdown().await;
        background::announce_rest(&self.announcer).await;
        tracing::info!("stopped");
        Ok(Ending::Finished)
    }
}

fn threads(configured: usize) -> usize {
    match configured {
        0 => available_parallelism().map_or(1, NonZeroUsize::get),
        workers => workers,
    }
}

/// What does the jobs, about to start.
fn workers(settings: &Settings, services: &Services) -> Workers {
    let graph = GraphTasks {
        intake: services.intake.clone(),
        subscriptions: services.subscriptions.clone(),
    };
    workers::new(
        settings.jobs,
        services.workers.clone(),
        Arc::clone(&services.housekeeping),
        services.messages.clone(),
        graph,
    )
}

/// What no request asks for and no job is.
fn background(services: &Services, probe_interval: Duration, learning: Learning) -> JoinSet<()> {
    let mut background = JoinSet::new();
    background.spawn(learning.run());
    background.spawn(background::follow_keys(Arc::clone(&services.ring)));
    background.spawn(background::announce(services.announcer.clone()));
    background.spawn(background::make_up(services.announcer.clone()));
    background.spawn(background::keep_uses(services.access.clone()));
    background.spawn(background::watch(Arc::clone(&services.health)));
    background.spawn(background::count(Arc::clone(&services.queues)));
    background.spawn(background::cluster::beat(services.cluster.clone()));
    background.spawn(background::cluster::look(services.cluster.clone()));
    for node in services.cluster.nodes() {
        background.spawn(background::cluster::probe(
            services.cluster.clone(),
            node,
            probe_interval,
        ));
    }
    background
}

fn api(services: Services, settings: Settings) -> Api {
    Api {
        accounts: services.accounts,
        access: services.access,
        tenancy: services.tenancy,
        places: services.places,
        assets: services.assets,
        keys: services.keys,
        rooms: services.rooms,
        messages: services.messages,
        feed: services.feed,
        intake: services.intake,
        subscriptions: services.subscriptions,
        webhook: Arc::new(WebhookMeter::default()),
        sockets: services.sockets,
        tickets: services.tickets,
        recoveries: services.recoveries,
        limits: services.limits,
        vault: services.vault,
        audit: services.audit,
        seal: services.ring,
        clock: services.clock,
        queues: services.queues,
        cluster: services.cluster,
        health: services.health,
        pools: services.pools,
        settings: api_settings(settings),
    }
}

fn api_settings(settings: Settings) -> ApiSettings {
    ApiSettings {
        api_quota: Quota::per_minute("api", settings.limits.api_per_minute),
        auth_quota: auth_quota(&settings),
        connection_quota: Quota::per_minute("connections", settings.limits.connections_per_minute),
        behind_tls: settings.is_behind_tls(),
        cors_origins: settings.cors.origins,
        trusted_proxies: settings.proxies.trusted,
        reveal_causes: settings.environment == Environment::Development,
        sockets: settings.sockets.settings,
        timeouts: Timeouts::default(),
        body_limit: settings.limits.body_bytes,
        webhook_body_limit: settings.graph.body_bytes,
        version: env!("CARGO_PKG_VERSION"),
    }
}
