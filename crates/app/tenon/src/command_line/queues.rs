use clap::{Args, Subcommand};
use tenon_jobs::{QueueName, State};
use tenon_kernel::JobId;

use super::Format;

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum QueuesCommand {
    /// List the jobs of a queue, the earliest first, each with the error of its last attempt.
    List {
        queue: QueueName,
        /// waiting, running or dead.
        #[arg(long, value_name = "STATE", default_value = "dead")]
        state: State,
        #[command(flatten)]
        format: Format,
    },
    /// Have a dead job done after all.
    Retry(Retry),
    /// Discard a job that is dead or waits.
    Discard {
        #[arg(value_name = "ID")]
        job: JobId,
        #[command(flatten)]
        format: Format,
    },
}

/// What is retried.
#[derive(Debug, Clone, Copy, Args)]
pub struct Retry {
    #[command(flatten)]
    pub choice: Choice,
    #[command(flatten)]
    pub format: Format,
}

/// One job, or all dead ones.
#[derive(Debug, Clone, Copy, Args)]
#[group(required = true, multiple = false)]
pub struct Choice {
    #[arg(value_name = "ID")]
    pub job: Option<JobId>,
    /// Every dead job of every queue.
    #[arg(long)]
    pub all: bool,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::command_line::CommandLine;

    #[test]
    fn jobs_are_retried_one_by_one_or_all_of_them() {
        let retry = |words: &[&str]| CommandLine::try_parse_from([&["tenon", "queues", "retry"], words].concat());
        let id = "0198c0de-0000-7000-8000-000000000000";
        assert!(retry(&[id]).is_ok() && retry(&["--all"]).is_ok());
        assert!(retry(&[]).is_err() && retry(&[id, "--all"]).is_err() && retry(&["7"]).is_err());
    }
}
