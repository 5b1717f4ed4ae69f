//! The one connection over which an instance hears of all its rooms.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use redis::aio::{PubSubSink, PubSubStream};
use redis::{Client, RedisError, RedisResult};
use tenon_rooms::Room;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::wire;
use crate::connection::patiently;

/// The waits before a connection that failed soon is tried again, doubling. One that was good is tried again at once.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_millis(500);

/// How often the server is asked whether it is still there.
const PING: Duration = Duration::from_secs(1);

/// How many rooms are subscribed to at once.
const BATCH: usize = 500;

/// What the follower wants.
pub enum Change {
    /// To hear a room.
    Enter(Room),
    /// To hear it no more.
    Exit(Room),
    /// To know whether the connection is still there.
    Look,
}

/// What became of the connection.
pub enum News {
    /// There is one, without any subscription.
    Up(PubSubStream),
    /// These rooms are heard from now on.
    Hears(Vec<Room>),
    /// It is lost, with all subscriptions.
    Down,
}

/// The follower is gone.
struct Over;

/// Connects, subscribes to what is wanted, and connects again, until the follower is gone.
pub async fn keep(client: Client, mut wanted: UnboundedReceiver<Change>, news: UnboundedSender<News>) {
    let mut pause = FIRST;
    loop {
        let start = Instant::now();
        match session(&client, &mut wanted, &news).await {
            Err(Lost::Connection(error)) => tracing::debug!(error = %error, "rooms are cut off from Redis"),
            Err(Lost::Over) => return,
        }
        if start.elapsed() > LONGEST {
            pause = FIRST;
        } else {
            sleep(pause).await;
            pause = LONGEST.min(pause * 2);
        }
    }
}

/// One connection, from its beginning to its end.
async fn session(
    client: &Client,
    wanted: &mut UnboundedReceiver<Change>,
    news: &UnboundedSender<News>,
) -> Result<Infallible, Lost> {
    let (sink, messages) = patiently(client.get_async_pubsub()).await?.split();
    // What was wanted of the connection before is wanted anew when this one is told of.
    while wanted.try_recv().is_ok() {}
    news.send(News::Up(messages)).map_err(|_| Over)?;
    let Err(lost) = serve(sink, wanted, news).await;
    news.send(News::Down).map_err(|_| Over)?;
    Err(lost)
}

/// Why a connection is not served any more.
enum Lost {
    Connection(RedisError),
    Over,
}

impl From<RedisError> for Lost {
    fn from(error: RedisError) -> Self {
        Self::Connection(error)
    }
}

impl From<Over> for Lost {
    fn from(_: Over) -> Self {
        Self::Over
    }
}

async fn serve(
    mut sink: PubSubSink,
    wanted: &mut UnboundedReceiver<Change>,
    news: &UnboundedSender<News>,
) -> Result<Infallible, Lost> {
    let mut pings = interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut changes = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            received = wanted.recv_many(&mut changes, BATCH) => {
                if received == 0 {
                    return Err(Lost::Over);
                }
                let entered = change(&mut sink, changes.drain(..)).await?;
                news.send(News::Hears(entered)).map_err(|_| Over)?;
            }
            _ = pings.tick() => patiently(sink.ping::<()>()).await?,
        }
    }
}

/// Makes the changes, in their order, and says which rooms were entered.
async fn change(sink: &mut PubSubSink, changes: impl Iterator<Item = Change>) -> RedisResult<Vec<Room>> {
    let (mut entered, mut exited) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Enter(room) => entered.push(room),
            Change::Exit(room) => exited.push(room),
            Change::Look => patiently(sink.ping::<()>()).await?,
        }
    }
    // A room that was left and is wanted again stays subscribed to.
    exited.retain(|room| !entered.contains(room));
    if !exited.is_empty() {
        let channels: Vec<String> = exited.iter().map(wire::channel).collect();
        patiently(sink.unsubscribe(channels)).await?;
    }
    if !entered.is_empty() {
        let channels: Vec<String> = entered.iter().map(wire::channel).collect();
        patiently(sink.subscribe(channels)).await?;
    }
    Ok(entered)
}
