//! How far a long piece of work has come: a bar on a terminal, and lines elsewhere. Both go to standard error.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::tell;

/// Between two lines.
const SILENCE: Duration = Duration::from_secs(5);

const STYLE: &str = "{msg:10} {bar:40} {pos} of {len} {prefix} ({elapsed}, {eta} left)";

/// See the module. One part follows the other.
pub struct Progress {
    bar: Option<ProgressBar>,
    is_silent: bool,
    part: &'static str,
    unit: &'static str,
    all: u64,
    done: u64,
    told: Instant,
}

impl Progress {
    pub fn new() -> Self {
        let bar = stderr().is_terminal().then(|| ProgressBar::new(0));
        if let (Some(bar), Ok(style)) = (&bar, ProgressStyle::with_template(STYLE)) {
            bar.set_style(style);
        }
        Self::with(bar)
    }

    /// Tells nobody.
    pub fn silent() -> Self {
        let mut silent = Self::with(None);
        silent.is_silent = true;
        silent
    }

    fn with(bar: Option<ProgressBar>) -> Self {
        Self {
            bar,
            is_silent: false,
            part: "",
            unit: "",
            all: 0,
            done: 0,
            told: Instant::now(),
        }
    }

    /// A part begins that has so many of these units, of which some are done already.
    pub fn begin(&mut self, part: &'static str, unit: &'static str, all: u64, done: u64) {
        (self.part, self.unit, self.all, self.done) = (part, unit, all, done);
        if let Some(bar) = &self.bar {
            bar.reset();
            bar.set_message(part);
            bar.set_prefix(unit);
            bar.set_length(all);
            bar.set_position(done);
        }
        self.tell();
    }

    /// So many units more are done.
    pub fn advance(&mut self, by: u64) {
        let before = self.done;
        self.done += by;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        }
        let is_end = before < self.all && self.done >= self.all;
        if is_end || self.told.elapsed() >= SILENCE {
            self.tell();
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn tell(&mut self) {
        self.told = Instant::now();
        if self.bar.is_none() && !self.is_silent {
            tell(format_args!(
                "{}: {} of {} {}",
                self.part, self.done, self.all, self.unit
            ));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
