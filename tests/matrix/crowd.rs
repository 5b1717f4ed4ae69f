//! Those who write and read while things break.

mod assets;
mod events;
mod letters;
mod notices;
mod way;

use std::time::Duration;

use tenon_tests::tally::Tally;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::ground::Ground;

/// Far more than it takes until a write is acknowledged again, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(120);

const PAUSE: Duration = Duration::from_millis(10);

/// Between one write of somebody and the next.
const PACE: Duration = Duration::from_millis(15);

/// One in so many writes without an answer is given up.
const GIVEN_UP: usize = 6;

/// The kinds of data.
pub const DATA: [&str; 4] = ["assets", "messages", "notifications", "events"];

/// How many writes of one kind were acknowledged.
#[derive(Clone)]
struct Count(watch::Sender<u64>);

impl Count {
    fn add(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    fn get(&self) -> u64 {
        *self.0.borrow()
    }
}

/// Tells everybody to write no more.
type Stop = watch::Receiver<bool>;

/// See the module.
pub struct Crowd {
    counts: [Count; 4],
    stop: watch::Sender<bool>,
    assets: assets::Inventory,
    letters: letters::Correspondence,
    notices: notices::Posters,
    events: events::Rooms,
}

impl Crowd {
    /// Has them begin, each of them as the seed says.
    pub async fn begin(ground: &Ground, seed: u64) -> Self {
        let counts = [(); 4].map(|()| Count(watch::Sender::new(0)));
        let (stop, stops) = watch::channel(false);
        let [assets, letters, notices, events] = counts.clone();
        Self {
            assets: assets::Inventory::begin(ground, seed, &assets, &stops).await,
            letters: letters::Correspondence::begin(ground, seed, &letters, &stops).await,
            notices: notices::Posters::begin(ground, seed, &notices, &stops),
            events: events::Rooms::begin(ground, seed, &events, &stops).await,
            counts,
            stop,
        }
    }

    /// Waits until so many more writes of any kind were acknowledged.
    pub async fn more(&mut self, writes: u64) {
        let all = |counts: &[Count; 4]| counts.iter().map(Count::get).sum::<u64>();
        let enough = all(&self.counts) + writes;
        self.until("writes", |counts| all(counts) >= enough).await;
    }

    /// Waits until another write of each kind was acknowledged.
    pub async fn everybody_goes_on(&mut self) {
        let before = self.counts.each_ref().map(Count::get);
        let is_more = |counts: &[Count; 4]| counts.iter().zip(before).all(|(count, before)| count.get() > before);
        self.until("a write of each kind", is_more).await;
    }

    async fn until(&mut self, what: &str, is_so: impl Fn(&[Count; 4]) -> bool) {
        let begin = Instant::now();
        while !is_so(&self.counts) {
            // Whoever ends now has failed, and says why.
            for task in self.tasks() {
                assert!(!task.is_finished(), "somebody gave up: see above");
            }
            let counts = self.counts.each_ref().map(Count::get);
            assert!(
                begin.elapsed() < PATIENCE,
                "{what}: not acknowledged; {DATA:?}: {counts:?}"
            );
            sleep(PAUSE).await;
        }
    }

    fn tasks(&self) -> impl Iterator<Item = &dyn Task> {
        let (assets, letters) = (self.assets.tasks(), self.letters.tasks());
        assets
            .chain(letters)
            .chain(self.notices.tasks())
            .chain(self.events.tasks())
    }

    /// Has everybody write no more and see everything that there is. What came of each kind, in the order of [`DATA`].
    pub async fn end(self, ground: &Ground) -> [Tally; 4] {
        self.stop.send_replace(true);
        [
            self.assets.end(ground).await,
            self.letters.end(ground).await,
            self.notices.end(ground).await,
            self.events.end().await,
        ]
    }
}

/// Somebody who is at work.
trait Task {
    fn is_finished(&self) -> bool;
}

impl<T> Task for JoinHandle<T> {
    fn is_finished(&self) -> bool {
        Self::is_finished(self)
    }
}

fn each<T>(tasks: &[JoinHandle<T>]) -> impl Iterator<Item = &dyn Task> {
    tasks.iter().map(|task| task as &dyn Task)
}
