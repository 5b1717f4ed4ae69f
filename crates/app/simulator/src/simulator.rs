use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use crate::delivery::deliver;
use crate::signer::KeyError;
use crate::world::World;
use crate::{
    Config, Endpoint, Entry, Fault, Lifecycle, Order, OrderError, Sent, Subscription, control, sign_in, subscriptions,
};

/// Bodies of requests to the simulator.
const BODY: usize = 1024 * 1024;

/// Why there is no simulator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    #[error("cannot post: {0}")]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A Microsoft Graph that runs until it is stopped or dropped.
pub struct Simulator {
    world: Arc<World>,
    address: SocketAddr,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
}

impl Simulator {
    /// Starts it. Needs a tokio runtime, from which posts are made.
    ///
    /// # Errors
    ///
    /// As [`StartError`] says.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let wanted = config.listen;
        let failed = |error| StartError::Listen(wanted, error);
        let listener = TcpListener::bind(wanted).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let client = Client::builder().redirect(Policy::none()).no_proxy().build()?;
        let world = World::new(config, client)?;
        let data = web::Data::from(Arc::clone(&world));
        let server = HttpServer::new(move || App::new().app_data(data.clone()).configure(routes))
            .workers(2)
            .shutdown_timeout(1)
            .disable_signals()
            .listen(listener)
            .map_err(failed)?
            .run();
        Ok(Self {
            world,
            address,
            handle: server.handle(),
            server: tokio::spawn(server),
        })
    }

    /// Its base address, for the sign-in as for Graph.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Posts, and waits for the first attempt of each.
    ///
    /// # Errors
    ///
    /// As [`OrderError`] says.
    pub async fn order(&self, wanted: Order) -> Result<Vec<Sent>, OrderError> {
        order(&self.world, wanted).await
    }

    /// Ends a subscription and tells so.
    ///
    /// # Errors
    ///
    /// As [`OrderError`] says.
    pub async fn remove(&self, subscription: &str) -> Result<Vec<Sent>, OrderError> {
        remove(&self.world, subscription).await
    }

    /// Ends a subscription as time would, without a word. False if there is none.
    pub fn expire(&self, subscription: &str) -> bool {
        self.world.subscriptions.remove(subscription).is_some()
    }

    /// The oldest first.
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.world.subscriptions.all()
    }

    pub fn break_down(&self, endpoint: Endpoint, fault: Fault) {
        self.world.faults.set(endpoint, fault);
    }

    pub fn repair(&self, endpoint: Endpoint) {
        self.world.faults.clear(endpoint);
    }

    /// Signs with a new key from now on; the one before stays published if `keep`.
    ///
    /// # Errors
    ///
    /// [`KeyError`] without randomness.
    pub fn rotate_keys(&self, keep: bool) -> Result<(), KeyError> {
        self.world.signer.lock().rotate(keep)
    }

    /// Makes every access token void.
    pub fn revoke_tokens(&self) {
        self.world.holders.lock().clear();
    }

    /// The attempts after the one with this number.
    pub fn log(&self, after: u64) -> Vec<Entry> {
        self.world.journal.after(after)
    }

    /// The attempts from now on.
    pub fn watch(&self) -> broadcast::Receiver<Entry> {
        self.world.journal.read_along()
    }

    /// Stops it, and waits until its port is free.
    pub async fn stop(mut self) {
        self.world.ended.send_replace(true);
        self.handle.stop(false).await;
        // What it ended with is of no interest any more.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.world.ended.send_replace(true);
        // The request to stop is made by the call, and waiting for it is optional.
        drop(self.handle.stop(false));
    }
}

pub async fn order(world: &Arc<World>, wanted: Order) -> Result<Vec<Sent>, OrderError> {
    let subscription = match &wanted.subscription {
        Some(id) => world.subscriptions.find(id),
        None => world.subscriptions.newest(),
    };
    let subscription = subscription.ok_or(OrderError::NoSubscription)?;
    deliver(Arc::clone(world), subscription, wanted).await
}

pub async fn remove(world: &Arc<World>, id: &str) -> Result<Vec<Sent>, OrderError> {
    let subscription = world.subscriptions.remove(id).ok_or(OrderError::NoSubscription)?;
    let told = Lifecycle::SubscriptionRemoved.order(id);
    deliver(Arc::clone(world), subscription, told).await
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(BODY))
        .app_data(web::JsonConfig::default().limit(BODY))
        .route("/{tenant}/oauth2/v2.0/token", web::post().to(sign_in::token))
        .route("/common/discovery/v2.0/keys", web::get().to(sign_in::keys))
        .service(web::scope("/simulate").configure(control::routes))
        .service(
            web::scope("/v1.0/subscriptions")
                .route("", web::post().to(subscriptions::create))
                .route("", web::get().to(subscriptions::list))
                .route("/{id}", web::get().to(subscriptions::find))
                .route("/{id}", web::patch().to(subscriptions::change))
                .route("/{id}", web::delete().to(subscriptions::remove))
                .route("/{id}/reauthorize", web::post().to(subscriptions::reauthorize)),
        );
}
