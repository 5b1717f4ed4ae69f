//! `tenon doctor`: looks at everything that an installation stands on, changes nothing, and says what to do.

mod clocks;
mod database;
mod finding;
mod keys;
mod machine;
mod proxies;
mod redis;

use std::io;
use std::process::ExitCode;

use serde_json::json;
use tokio::runtime;

use crate::command_line::Format;
use crate::configuration::Configuration;
use crate::terminal::say;
use finding::{Finding, State};

/// Looks, and prints a line for each thing; fails when something is broken.
///
/// # Errors
///
/// When the system gives no threads.
pub fn run(configuration: &Configuration, format: Format) -> io::Result<ExitCode> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let findings = runtime.block_on(look(configuration));
    let healthy = findings.iter().all(|finding| finding.state != State::Failure);
    if format.json {
        let findings: Vec<_> = findings.iter().map(Finding::json).collect();
        say(json!({ "healthy": healthy, "findings": findings }));
    } else {
        findings.iter().for_each(say);
        say(summary(&findings));
    }
    Ok(match healthy {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

async fn look(configuration: &Configuration) -> Vec<Finding> {
    let settings = &configuration.settings;
    let mut findings: Vec<Finding> = configuration
        .warnings
        .iter()
        .map(|text| finding::configured(text))
        .collect();
    let (of_database, examined) = database::look(settings).await;
    findings.extend(of_database);
    let (of_redis, redis_time) = redis::look(settings).await;
    findings.extend(of_redis);
    let database_time = examined.as_ref().and_then(|examination| examination.now);
    findings.extend(clocks::compare(database_time, redis_time));
    findings.extend(keys::look(
        settings,
        examined.as_ref().map(|examination| &examination.keys),
    ));
    findings.extend(machine::look(settings));
    findings.extend(proxies::look(settings));
    findings
}

fn summary(findings: &[Finding]) -> String {
    let count = |state| findings.iter().filter(|finding| finding.state == state).count();
    match (count(State::Failure), count(State::Warning)) {
        (0, 0) => "everything is well".to_owned(),
        (0, warnings) => format!("it works; {warnings} to look at"),
        (failures, warnings) => format!("{failures} broken, {warnings} to look at"),
    }
}
