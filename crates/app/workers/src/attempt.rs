use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tenon_jobs::{Failed, Job, Outcome};
use tenon_kernel::Unavailable;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use crate::handler::{Failure, Handler};
use crate::pace::Pace;
use crate::workers::WorkersPorts;

/// No failure keeps a job waiting for longer.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long what was cut off has to let go.
const LETTING_GO: Duration = Duration::from_secs(1);

/// The longest text of an error, in characters.
const LONGEST: usize = 500;

/// One attempt at one job.
pub(crate) struct Attempt {
    pub(crate) ports: WorkersPorts,
    pub(crate) pace: Pace,
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) job: Job,
}

/// How the work ended.
enum Ending {
    Done,
    Failed(Failure),
    /// Somebody else has the job now.
    Lost,
    /// The process is about to end.
    Unfinished,
}

/// What the store is told.
enum Word {
    Finish,
    Fail(Failed, String),
    GiveBack,
}

/// Returns when it is time to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Whoever would say so has gone away, which means the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

impl Attempt {
    /// Has the job done and tells the store what came of it.
    pub(crate) async fn run(self, stop: watch::Receiver<bool>) {
        let ending = if self.pace.retry.is_beyond(self.job.attempt) {
            Ending::Failed(Failure::Dead("its worker vanished in the last attempt".into()))
        } else {
            self.work(stop).await
        };
        let word = match ending {
            Ending::Done => Word::Finish,
            Ending::Failed(failure) => self.failed(failure),
            Ending::Unfinished => Word::GiveBack,
            Ending::Lost => return self.lost(),
        };
        match self.tell(&word).await {
            Some(true) => self.told(&word),
            Some(false) => self.lost(),
            None => {}
        }
    }

    /// Runs the handler, holding the lease meanwhile. It has let go of the job when this returns, unless it blocks its thread.
    async fn work(&self, stop: watch::Receiver<bool>) -> Ending {
        let (handler, job) = (Arc::clone(&self.handler), self.job.clone());
        // In a task of its own: a panic is its end alone.
        let mut work = JoinSet::new();
        work.spawn(async move { handler.handle(&job).await });
        let ending = self.watch(&mut work, stop).await;
        work.abort_all();
        let gone = async { while work.join_next().await.is_some() {} };
        if timeout(LETTING_GO, gone).await.is_err() {
            tracing::warn!(queue = %self.job.queue, job = %self.job.id, "a handler that was cut off goes on");
        }
        ending
    }

    async fn watch(&self, work: &mut JoinSet<Result<(), Failure>>, mut stop: watch::Receiver<bool>) -> Ending {
        let mut beats = interval_at(Instant::now() + self.pace.beat, self.pace.beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let limit = sleep(self.pace.limit);
        let farewell = async {
            stopped(&mut stop).await;
            sleep(self.pace.farewell).await;
        };
        tokio::pin!(limit, farewell);
        loop {
            tokio::select! {
                biased;
                Some(outcome) = work.join_next() => return ending(outcome),
                () = &mut limit => {
                    let text = format!("took longer than {} s", self.pace.limit.as_secs());
                    return Ending::Failed(Failure::Retry(text.into()));
                }
                () = &mut farewell => return Ending::Unfinished,
                _ = beats.tick() => if self.is_lost().await { return Ending::Lost },
            }
        }
    }

    /// Holds the lease. Whether it is held is not known while the store does not answer, and then it is not lost yet.
    async fn is_lost(&self) -> bool {
        let (lease, until) = (self.job.lease(), self.ports.clock.now().plus(self.pace.lease));
        let holding = self.ports.queue.hold(&lease, until);
        matches!(timeout(self.pace.beat, holding).await, Ok(Ok(false)))
    }

    fn failed(&self, failure: Failure) -> Word {
        let (policy, lease, now) = (self.pace.retry, self.job.lease(), self.ports.clock.now());
        let (failed, text) = match failure {
            Failure::Retry(text) => (policy.after(&lease, now), text),
            Failure::RetryAfter(wait, text) => (policy.after_at_least(&lease, wait.min(DAY), now), text),
            Failure::Dead(text) => (Failed::Dead, text),
        };
        Word::Fail(failed, presentable(&text))
    }

    /// Tells the store until it answers, but not when the lease must have run out. Returns whether the lease was held.
    async fn tell(&self, word: &Word) -> Option<bool> {
        let until = Instant::now() + self.pace.lease;
        loop {
            match self.tell_once(word).await {
                Ok(held) => return Some(held),
                Err(error) if Instant::now() >= until => {
                    tracing::warn!(queue = %self.job.queue, job = %self.job.id, %error, "the end of a job is not stored; it is done again");
                    return None;
                }
                Err(_) => sleep(self.pace.look).await,
            }
        }
    }

    async fn tell_once(&self, word: &Word) -> Result<bool, Unavailable> {
        let (queue, lease, now) = (&self.ports.queue, self.job.lease(), self.ports.clock.now());
        match word {
            Word::Finish => queue.finish(&lease).await,
            Word::Fail(failed, text) => queue.fail(&lease, *failed, text, now).await,
            Word::GiveBack => queue.give_back(&lease, now).await,
        }
    }

    fn told(&self, word: &Word) {
        let Job { id, queue, attempt, .. } = &self.job;
        let count = |outcome| self.ports.tally.count(*queue, outcome);
        match word {
            Word::Finish => count(Outcome::Finished),
            Word::Fail(Failed::RetryAt(at), error) => {
                count(Outcome::Failed);
                tracing::warn!(%queue, job = %id, attempt, error, again = %at, "a job failed");
            }
            Word::Fail(Failed::Dead, error) => {
                count(Outcome::Dead);
                tracing::error!(%queue, job = %id, attempt, error, "a job is given up");
            }
            Word::GiveBack => tracing::info!(%queue, job = %id, "a job is given back"),
        }
    }

    fn lost(&self) {
        let Job { id, queue, attempt, .. } = &self.job;
        self.ports.tally.count(*queue, Outcome::Lost);
        tracing::warn!(%queue, job = %id, attempt, "the lease of a job was lost; somebody else does it");
    }
}

fn ending(outcome: Result<Result<(), Failure>, JoinError>) -> Ending {
    match outcome {
        Ok(Ok(())) => Ending::Done,
        Ok(Err(failure)) => Ending::Failed(failure),
        // What it said may hold anything.
        Err(error) if error.is_panic() => Ending::Failed(Failure::Retry(Cow::Borrowed("the handler panicked"))),
        Err(_) => Ending::Unfinished,
    }
}

/// One line of bounded length.
fn presentable(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(printable).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_an_error_is_one_bounded_line() {
        assert_eq!(presentable("a\nb\0c"), "a b c");
        assert_eq!(presentable(&"ä".repeat(600)).chars().count(), 500);
    }
}
