//! What each command does.

use std::convert::Infallible;
use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::runtime;

use crate::application::{Application, Ending, StartError};
use crate::command_line::{Command, CommandLine, ConfigCommand, Format, GraphCommand};
use crate::configuration::{Configuration, Variables};
use crate::logging::Logs;
use crate::signals::StopSignals;
use crate::{
    api_keys, audit, backup, chat, configuration, doctor, graph, keys, manual, migrate_data, organizations, queues,
    readiness, simulate, terminal, users, wiring,
};

/// `EX_CONFIG` of `sysexits.h`: something is wrong with the configuration.
const MISCONFIGURED: u8 = 78;

/// Threads for what no request asks for, beside the workers that answer.
const BACKGROUND_THREADS: usize = 2;

/// Does what the command line says. The process started at `started`.
pub fn run(line: CommandLine, started: Instant) -> ExitCode {
    let code = run_command(line, started);
    let Some(error) = terminal::lost() else { return code };
    terminal::tell(format_args!("tenon: the output was not written: {error}"));
    ExitCode::FAILURE
}

fn run_command(line: CommandLine, started: Instant) -> ExitCode {
    match line.command.unwrap_or(Command::Serve) {
        Command::Openapi => {
            terminal::say(tenon_http::DOCUMENT.trim_end());
            ExitCode::SUCCESS
        }
        Command::Chat(arguments) => finish(chat::run(&arguments)),
        Command::Graph(GraphCommand::Simulate(arguments)) => finish(simulate::run(&arguments)),
        Command::MigrateData(arguments) => finish(migrate_data::run(&arguments)),
        Command::Config(ConfigCommand::Reference) => {
            terminal::say(configuration::reference().trim_end());
            ExitCode::SUCCESS
        }
        Command::Completions { shell } => {
            manual::completions(shell);
            ExitCode::SUCCESS
        }
        Command::Man { folder } => finish(manual::pages(folder.as_deref())),
        command => match Configuration::load(line.config.as_deref(), &Variables::of_this_process()) {
            Ok(configuration) => run_configured(command, configuration, started),
            Err(problems) => {
                match command {
                    Command::Config(ConfigCommand::Check(format)) if format.json => {
                        terminal::say(json!({ "valid": false, "problems": problems.object(), "warnings": [] }));
                    }
                    _ => terminal::tell(problems),
                }
                ExitCode::from(MISCONFIGURED)
            }
        },
    }
}

fn run_configured(command: Command, configuration: Configuration, started: Instant) -> ExitCode {
    match command {
        Command::Serve => serve(configuration, started),
        Command::Migrate => {
            let migrated = wiring::migrate(&configuration.settings);
            finish(migrated.map(|()| terminal::say("the database is up to date")))
        }
        Command::Health => finish(readiness::ask(&configuration.settings.server).map(|()| terminal::say("ready"))),
        Command::Keys(command) => finish(keys::run(&configuration.settings, command)),
        Command::ApiKeys(command) => finish(api_keys::run(&configuration.settings, command)),
        Command::Audit(command) => finish(audit::run(&configuration.settings, command)),
        Command::Queues { command, format } => finish(queues::run(&configuration.settings, command, format)),
        Command::Users(command) => finish(users::run(&configuration.settings, *command)),
        Command::Orgs(command) => finish(organizations::organizations(&configuration.settings, *command)),
        Command::Members(command) => finish(organizations::members(&configuration.settings, *command)),
        Command::Graph(GraphCommand::Subscriptions(command)) => {
            finish(graph::subscriptions(&configuration.settings, command))
        }
        Command::Graph(GraphCommand::Apps(command)) => finish(graph::apps(&configuration.settings, command)),
        Command::Doctor(format) => {
            doctor::run(&configuration, format).unwrap_or_else(|error| finish(Err::<(), _>(error)))
        }
        Command::Backup(arguments) => finish(backup::backup(&configuration.settings, &arguments)),
        Command::Restore(arguments) => finish(backup::restore(&configuration.settings, &arguments)),
        Command::Config(ConfigCommand::Check(format)) => check(&configuration, format),
        Command::Config(ConfigCommand::Show(format)) => {
            let overview = &configuration.overview;
            finish(format.say(|| Ok::<_, Infallible>(overview.object()), || overview))
        }
        Command::Openapi
        | Command::Chat(_)
        | Command::Graph(GraphCommand::Simulate(_))
        | Command::MigrateData(_)
        | Command::Config(ConfigCommand::Reference)
        | Command::Completions { .. }
        | Command::Man { .. } => ExitCode::SUCCESS,
    }
}

fn check(configuration: &Configuration, format: Format) -> ExitCode {
    let warnings = &configuration.warnings;
    if !format.json {
        for warning in warnings {
            terminal::tell(format_args!("warning: {warning}"));
        }
    }
    finish(format.say(
        || Ok::<_, Infallible>(json!({ "valid": true, "problems": [], "warnings": warnings })),
        || "the configuration is valid",
    ))
}

/// A socket is an open file. Most systems let a process have about a thousand unless it asks for the more that it may have.
fn take_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, all) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

fn serve(configuration: Configuration, started: Instant) -> ExitCode {
    let logs = match Logs::start(&configuration.settings.log, &configuration.settings.telemetry) {
        Ok(logs) => logs,
        Err(error) => return finish(Err(error)),
    };
    for warning in &configuration.warnings {
        tracing::warn!("{warning}");
    }
    take_open_files();
    let mut threads = runtime::Builder::new_multi_thread();
    let runtime = threads
        .worker_threads(BACKGROUND_THREADS)
        .thread_name("background")
        .enable_all()
        .build();
    let ending = runtime.map_err(StartError::Io).and_then(|runtime| {
        let ending = runtime.block_on(build_and_run(configuration, started));
        // What is still on a blocking thread belongs to nobody any more.
        runtime.shutdown_background();
        ending
    });
    drop(logs);
    match ending {
        Ok(Ending::Finished) => ExitCode::SUCCESS,
        Ok(Ending::Hurried) => ExitCode::FAILURE,
        Err(error) => finish(Err(error)),
    }
}

async fn build_and_run(configuration: Configuration, started: Instant) -> Result<Ending, StartError> {
    let mut signals = StopSignals::listen()?;
    let application = tokio::select! {
        built = Application::build(configuration.settings) => built?,
        signal = signals.next() => {
            tracing::info!(signal, "stopping before anything was served");
            return Ok(Ending::Finished);
        }
    };
    let ready = |address, banner: Option<crate::banner::Banner>| {
        let time = started.elapsed();
        let version = env!("CARGO_PKG_VERSION");
        tracing::info!(%address, version, ms = time.as_secs_f64() * 1000.0, "ready");
        if let Some(banner) = banner {
            terminal::tell(banner.text(address, time));
        }
    };
    application.run(signals, ready).await
}

/// Success, or the error with its causes on one line.
fn finish<E: Error>(outcome: Result<(), E>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.ends_with(&message) {
            text = format!("{text}: {message}");
        }
        cause = error.source();
    }
    terminal::tell(format_args!("tenon: {text}"));
    ExitCode::FAILURE
}
