//! `tenon graph simulate`: a Microsoft Graph for whoever has none, and a line for each thing that it posts.

mod guide;
mod line;
mod programme;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tenon_simulator::{Config, OrderError, Simulator, StartError};
use tokio::runtime;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

use crate::command_line::Simulate;
use crate::signals::StopSignals;
use crate::terminal;
use guide::Guide;
use line::Line;
use programme::Programme;

/// Why there is no Graph.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    #[error("cannot start: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Start(#[from] StartError),
    /// A key could not be used.
    #[error("cannot post: {0}")]
    Order(#[from] OrderError),
}

/// Simulates until it is told to stop.
///
/// # Errors
///
/// As [`SimulateError`] says.
pub fn run(arguments: &Simulate) -> Result<(), SimulateError> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(simulate(arguments))
}

async fn simulate(arguments: &Simulate) -> Result<(), SimulateError> {
    let mut signals = StopSignals::listen()?;
    let simulator = Simulator::start(Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)),
        ..Config::default()
    })?;
    let mut posts = simulator.watch();
    let url = simulator.url();
    terminal::say(Guide { url: &url, arguments });
    let mut ticks = interval(arguments.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut programme = Programme::default();
    loop {
        tokio::select! {
            _ = signals.next() => break,
            post = posts.recv() => match post {
                Ok(entry) => terminal::say(Line(&entry)),
                Err(RecvError::Lagged(missed)) => terminal::say(format_args!("... and {missed} more, see {url}/simulate/log")),
                Err(RecvError::Closed) => break,
            },
            _ = ticks.tick(), if !arguments.quiet => {
                if let Some(order) = programme.next(&simulator.subscriptions()) {
                    // A subscription that ended in between is not posted to.
                    match simulator.order(order).await {
                        Ok(_) | Err(OrderError::NoSubscription) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
    }
    simulator.stop().await;
    Ok(())
}
