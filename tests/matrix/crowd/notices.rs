//! What Microsoft Graph posts.

use tenon_tests::app::Client;
use tenon_tests::random::Random;
use tenon_tests::tally::{Posted, Tally};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::super::ground::Ground;
use super::way::{Way, is_over, strangers};
use super::{Count, GIVEN_UP, PACE, Stop, Task, each};
use tenon_tests::poster::{Poster, settled, told};

const POSTERS: usize = 2;

/// The most items of a post.
const ITEMS: usize = 6;

pub struct Posters(Vec<JoinHandle<Posted>>);

impl Posters {
    pub fn begin(ground: &Ground, seed: u64, count: &Count, stop: &Stop) -> Self {
        let anyone = ground.scene.app.anonymous();
        let posters = (0..POSTERS).map(|number| {
            let way = Way::over(strangers(&anyone, ground.proxies()), number);
            let random = Random::seeded(seed ^ (1 + number as u64) << 40);
            let poster = Poster::of(&ground.scene);
            tokio::spawn(post(poster, way, number, random, count.clone(), stop.clone()))
        });
        Self(posters.collect())
    }

    pub fn tasks(&self) -> impl Iterator<Item = &dyn Task> {
        each(&self.0)
    }

    /// Waits until all that was posted is settled, and looks at what was told.
    pub async fn end(self, ground: &Ground) -> Tally {
        let mut posted = Posted::default();
        for poster in self.0 {
            posted.add(poster.await.unwrap());
        }
        let app = ground.instances[0].app.lock().await;
        settled(&app).await;
        let told = told(&ground.scene.owner.on(&app)).await;
        Tally::of_notices(&posted, &told)
    }
}

async fn post(
    poster: Poster,
    mut way: Way<Client>,
    number: usize,
    mut random: Random,
    count: Count,
    stop: Stop,
) -> Posted {
    let mut posted = Posted::default();
    let mut round = 0;
    while !is_over(&stop) {
        let post = poster.batch(&format!("{number}-{round}"), 1 + random.below(ITEMS));
        round += 1;
        let taken = loop {
            if let Some(answer) = way.ask(async |anyone| post.try_send(anyone).await).await {
                answer.expect(202);
                break true;
            }
            if is_over(&stop) || random.one_in(GIVEN_UP) {
                break false;
            }
        };
        if taken {
            posted.taken.extend(post.resources);
            count.add();
        } else {
            posted.unsure.extend(post.resources);
        }
        sleep(PACE).await;
    }
    posted
}
