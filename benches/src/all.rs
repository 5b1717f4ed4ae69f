//! Every scenario in turn, each in a process of its own, and a summary of what came out.

mod plan;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use clap::Args;
use xtask::poll::poll;

use crate::child::end;
use crate::report::{RESULT, progress, say};
use crate::server::repository;
use crate::summary;
use plan::{PLAN, Step};

/// How long a step may take to stop its servers.
const STOP_LIMIT: Duration = Duration::from_secs(60);

/// `all`.
#[derive(Args, Default)]
pub struct All {
    /// The steps to run, by their names; all where none is named.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Go through everything with so little that the figures tell nothing, to see whether it works.
    #[arg(long)]
    quick: bool,
    /// Where the results go, and stay from a run before that was broken off; a new folder in `target/benches` if none is named.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Tenon's binary, such as `target/shipped/tenon`; the profile `release` if none is named. `footprint` measures both all the same.
    #[arg(long)]
    tenon: Option<PathBuf>,
    /// Tell the steps and run none.
    #[arg(long)]
    list: bool,
}

impl All {
    /// Runs the steps. One that fails is told, and the others go on.
    ///
    /// # Errors
    /// When a step failed, after all have run.
    pub fn run(self) -> Result<()> {
        let known = |name: &String| PLAN.iter().any(|step| step.name == name);
        ensure!(self.only.iter().all(known), "--list tells the names of the steps");
        if self.list {
            return PLAN
                .iter()
                .try_for_each(|step| say(&format!("{}: {}", step.name, step.arguments)));
        }
        let folder = self.folder.clone().map_or_else(|| self.new_folder(), Ok)?;
        fs::create_dir_all(&folder)?;
        let begun = Instant::now();
        let mut failed = Vec::new();
        for step in PLAN.iter().filter(|step| self.chosen(step)) {
            let started = Instant::now();
            progress(&format!("== {} ({} s)", step.name, begun.elapsed().as_secs()));
            if let Err(error) = self.step(step, &folder) {
                progress(&format!("{} failed: {error:#}", step.name));
                failed.push(step.name);
            }
            progress(&format!("== {} took {} s", step.name, started.elapsed().as_secs()));
        }
        summary::write(&folder)?;
        say(&format!("All of it took {} s.", begun.elapsed().as_secs()))?;
        ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
        Ok(())
    }

    fn new_folder(&self) -> Result<PathBuf> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let kind = if self.quick { "quick" } else { "run" };
        Ok(repository().join(format!("target/benches/{kind}-{time}")))
    }

    fn chosen(&self, step: &Step) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == step.name)
    }

    /// Runs this program again with the step's arguments. What it prints is kept beside its figures, and what it says
    /// of its progress goes where that of this process goes.
    fn step(&self, step: &Step, folder: &Path) -> Result<()> {
        let printed = folder.join(format!("{}.txt", step.name));
        let result = folder.join(format!("{}.json", step.name));
        // What a run before left is not this one's, should this one fail.
        if result.exists() {
            fs::remove_file(&result)?;
        }
        let arguments = if self.quick { step.quick } else { step.arguments };
        let binary = self.tenon.iter().filter(|_| step.name != "footprint");
        // With setpriv(1), so that the step ends with this process; the id stays the step's own.
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM"])
            .arg(std::env::current_exe()?)
            .args(arguments.split(' '))
            .args(binary.flat_map(|path| [OsStr::new("--tenon"), path.as_os_str()]))
            .env(RESULT, &result)
            .stdin(Stdio::null())
            .stdout(File::create(&printed)?)
            .spawn()?;
        let ended = poll(Duration::from_secs(step.limit), || child.try_wait())?;
        if ended.is_none() {
            end(&mut child, STOP_LIMIT)?;
        }
        say(&fs::read_to_string(&printed)?)?;
        let status = ended.with_context(|| format!("not done after {} s", step.limit))?;
        ensure!(status.success(), "ended with {status}");
        Ok(())
    }
}

/// The names of the steps, in their order.
pub fn steps() -> impl Iterator<Item = &'static str> {
    PLAN.iter().map(|step| step.name)
}
