use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::journal::{Entry, Posted, is_success};
use crate::notifications::{Batch, Writer};
use crate::order::{Order, OrderError, Sent};
use crate::subscription::{Subscription, written};
use crate::world::World;

/// Microsoft's page on delivery by webhooks: three seconds at first, then ten, again and again for up to four hours.
const FIRST_LIMIT: Duration = Duration::from_secs(3);
const LIMIT: Duration = Duration::from_secs(10);
const FIRST_WAIT: Duration = Duration::from_secs(10);
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);
const PATIENCE: Duration = Duration::from_secs(4 * 60 * 60);

/// A post that is made until it is taken.
#[derive(Clone)]
struct Post {
    id: String,
    what: Posted,
    url: String,
    batch: Arc<Batch>,
    writer: Arc<Writer>,
    duplicate: bool,
}

/// Makes the posts of an order, and waits for the first attempt of each. Further attempts go on by themselves.
pub async fn deliver(world: Arc<World>, subscription: Subscription, order: Order) -> Result<Vec<Sent>, OrderError> {
    order.check()?;
    let writer = Arc::new(Writer {
        subscription,
        order,
        name: Uuid::new_v4(),
    });
    let order = &writer.order;
    tokio::time::sleep(Duration::from_millis(order.delay_ms)).await;
    let room = Arc::new(Semaphore::new(order.parallel));
    let all = order.count * order.tellings;
    let mut first_attempts = JoinSet::new();
    for (place, start) in (0..all).step_by(order.batch).enumerate() {
        let Ok(place_taken) = Arc::clone(&room).acquire_owned().await else {
            break;
        };
        let numbers = start..all.min(start + order.batch);
        let batch = writer.batch(&world.signer.lock(), numbers)?;
        let (world, post) = (Arc::clone(&world), Post::new(&writer, batch));
        first_attempts.spawn(async move {
            let mut sent = Vec::new();
            for copy in 0..post.writer.order.copies {
                let post = Post {
                    duplicate: copy > 0,
                    ..post.clone()
                };
                sent.push(begin(&world, post).await);
            }
            drop(place_taken);
            (place, sent)
        });
    }
    let mut sent = first_attempts.join_all().await;
    sent.sort_by_key(|(place, _)| *place);
    Ok(sent.into_iter().flat_map(|(_, sent)| sent).collect())
}

impl Post {
    fn new(writer: &Arc<Writer>, batch: Batch) -> Self {
        let subscription = &writer.subscription;
        let life = subscription.lifecycle_notification_url.as_ref();
        let (what, url) = match writer.order.lifecycle {
            Some(_) => (Posted::Lifecycle, life.unwrap_or(&subscription.notification_url)),
            None => (Posted::Notifications, &subscription.notification_url),
        };
        Self {
            id: Uuid::new_v4().to_string(),
            what,
            url: url.clone(),
            batch: Arc::new(batch),
            writer: Arc::clone(writer),
            duplicate: false,
        }
    }
}

async fn begin(world: &Arc<World>, post: Post) -> Sent {
    let entry = attempt(world, &post, 1, false).await;
    let sent = Sent {
        post: post.id.clone(),
        ids: post.batch.ids.clone(),
        status: entry.status,
        ms: entry.ms,
    };
    if !entry.delivered() {
        world.runtime.spawn(go_on(Arc::clone(world), post));
    }
    sent
}

/// Further attempts, with longer and longer waits, until one is taken or four hours are over.
async fn go_on(world: Arc<World>, post: Post) {
    let mut ended = world.ended.subscribe();
    let mut waits = waits().peekable();
    let mut number = 1;
    while let Some(wait) = waits.next() {
        tokio::select! {
            _ = ended.wait_for(|ended| *ended) => return,
            () = tokio::time::sleep(wait.mul_f64(world.config.pace)) => {}
        }
        number += 1;
        if attempt(&world, &post, number, waits.peek().is_none()).await.delivered() {
            return;
        }
    }
}

/// The waits before further attempts: doubled each time, as many as fit.
fn waits() -> impl Iterator<Item = Duration> {
    let longer = |wait: &Duration| Some((*wait * 2).min(LONGEST_WAIT));
    let mut waited = Duration::ZERO;
    std::iter::successors(Some(FIRST_WAIT), longer).take_while(move |wait| {
        waited += *wait;
        waited <= PATIENCE
    })
}

async fn attempt(world: &World, post: &Post, number: u32, final_one: bool) -> Entry {
    let started = Instant::now();
    let request = world
        .client
        .post(&post.url)
        .timeout(if number == 1 { FIRST_LIMIT } else { LIMIT })
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .body(post.batch.body.clone());
    let outcome = request.send().await;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let (status, error) = match outcome {
        Ok(answer) => (Some(answer.status().as_u16()), None),
        Err(error) => (None, Some(reason(&error))),
    };
    world.journal.write(Entry {
        number: 0,
        at: written(OffsetDateTime::now_utc()),
        what: post.what,
        subscription: post.writer.subscription.id.clone(),
        post: post.id.clone(),
        url: post.url.clone(),
        attempt: number,
        items: post.batch.ids.len(),
        change: post.writer.order.change.clone(),
        lifecycle: post.writer.order.lifecycle,
        forgery: post.writer.order.forgery,
        duplicate: post.duplicate,
        over: final_one || status.is_some_and(is_success),
        status,
        error,
        ms,
    })
}

/// Why there was no answer, in two words.
pub fn reason(error: &reqwest::Error) -> String {
    let reason = match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        _ => "a broken answer",
    };
    reason.to_owned()
}
