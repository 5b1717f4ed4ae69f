//! Measures Tenon beside its peers; see the README beside this crate for the method.

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

mod all;
mod api;
mod child;
mod compare;
mod crowded;
mod engineio;
mod fanout;
mod flood;
mod footprint;
mod generate;
mod http;
mod idle;
mod instances;
mod load;
mod login;
mod measure;
mod messages;
mod polling;
mod postgres;
mod processes;
mod report;
mod rounds;
mod scale;
mod scene;
mod server;
mod slow_reader;
mod sockets;
mod sqlite;
mod summary;
mod webhook;
mod wire;

/// Measures Tenon beside its peers.
#[derive(Parser)]
#[command(version)]
struct CommandLine {
    /// Everything where nothing is named.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Every scenario in turn, and a summary.
    All(all::All),
    /// The summary of results that are there.
    Summary(summary::Summary),
    #[command(flatten)]
    One(Scenario),
}

#[derive(Subcommand)]
enum Scenario {
    /// Load a server that is already running.
    Http(http::Http),
    /// Tenon beside its peers: what is asked of assets, and logins, in turn.
    Compare(compare::Compare),
    /// Whether the time of a refused login tells if the account exists.
    Login(login::Login),
    /// GETs and health checks during a flood of logins.
    Flood(flood::Flood),
    /// Events to a room of many sockets, in a burst and paced.
    Fanout(fanout::Fanout),
    /// Size of the binary, time to the first answer, memory at rest and after load.
    Footprint(footprint::Footprint),
    /// What sockets cost that do nothing.
    Idle(idle::Idle),
    /// Events to a room whose sockets are spread over two instances, beside one alone.
    Instances(instances::Instances),
    /// Messages from one to another, until they are acknowledged.
    Messages(messages::Messages),
    /// Clients of Socket.IO that poll: events to a room of them, and events that are acknowledged.
    Polling(polling::Polling),
    /// What an event costs beside ever more rooms.
    Rooms(crowded::Rooms),
    /// What requests cost beside ever more assets.
    Scale(scale::Scale),
    /// Whether a socket that never reads is felt by the others.
    SlowReader(slow_reader::SlowReader),
    /// What Microsoft Graph posts, as fast as it is answered, until all of it is settled.
    Webhook(webhook::Webhook),
}

impl Scenario {
    async fn run(self) -> Result<()> {
        match self {
            Self::Http(http) => http.run().await,
            Self::Compare(compare) => compare.run().await,
            Self::Login(login) => login.run().await,
            Self::Flood(flood) => flood.run().await,
            Self::Fanout(fanout) => fanout.run().await,
            Self::Footprint(footprint) => footprint.run().await,
            Self::Idle(idle) => idle.run().await,
            Self::Instances(instances) => instances.run().await,
            Self::Messages(messages) => messages.run().await,
            Self::Polling(polling) => polling.run().await,
            Self::Rooms(rooms) => rooms.run().await,
            Self::Scale(scale) => scale.run().await,
            Self::SlowReader(slow_reader) => slow_reader.run().await,
            Self::Webhook(webhook) => webhook.run().await,
        }
    }

    /// Runs it, unless this process is asked to end: what is dropped then stops its servers.
    async fn run_until_asked_to_end(self) -> Result<()> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            done = self.run() => done,
            _ = terminate.recv() => bail!("ended by SIGTERM"),
            _ = interrupt.recv() => bail!("ended by SIGINT"),
        }
    }
}

/// One thread is enough to load a server, and leaves the other cores to it.
fn main() -> Result<()> {
    let command = CommandLine::parse().command;
    match command.unwrap_or_else(|| Command::All(all::All::default())) {
        Command::All(all) => all.run(),
        Command::Summary(summary) => summary.run(),
        Command::One(scenario) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(scenario.run_until_asked_to_end())
        }
    }
}
