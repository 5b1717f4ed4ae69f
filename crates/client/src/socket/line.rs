use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::backoff::{Backoff, jittered};
use super::connection::{Connection, Ending};
use super::frames::{FromServer, ToServer};
use crate::api::ApiError;
use crate::session::Session;

/// Frames that may wait on either side.
const WAITING: usize = 512;

/// How long to stay away after being told of a limit.
const PENANCE: Duration = Duration::from_secs(10);

/// Whoever leaves waits no longer than this for the server.
const PARTING: Duration = Duration::from_secs(3);

/// A connection that lived so long was a good one.
const STEADY: Duration = Duration::from_secs(5);

/// What there is to know of the line.
#[derive(Debug)]
pub(crate) enum News {
    /// A connection is open. What was asked over the one before, and not answered, has to be asked again.
    Open,
    /// The server said something.
    Frame(FromServer),
    /// The connection ended. The next one is on its way.
    Cut,
    /// There will be no further one.
    Over(ApiError),
}

/// A connection to the server that is opened again whenever it ends.
pub(crate) struct Line {
    news: mpsc::Receiver<News>,
    outgoing: mpsc::Sender<String>,
    reset: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Line {
    pub fn open(session: Arc<Session>, device: u32) -> Self {
        let (tell, news) = mpsc::channel(WAITING);
        let (outgoing, frames) = mpsc::channel(WAITING);
        let reset = Arc::new(Notify::new());
        let keeper = Keeper {
            session,
            device,
            news: tell,
            outgoing: frames,
            reset: Arc::clone(&reset),
        };
        Self {
            news,
            outgoing,
            reset,
            task: tokio::spawn(keeper.keep()),
        }
    }

    pub async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }

    /// What has come already, without waiting.
    pub fn next_now(&mut self) -> Option<News> {
        self.news.try_recv().ok()
    }

    /// Sends a frame, if there is a connection and room. What is lost here was not acknowledged, and is sent again after the next
    /// [`News::Open`].
    pub fn say(&self, frame: &ToServer<'_>) -> bool {
        self.outgoing.try_send(frame.text()).is_ok()
    }

    /// Gives up the connection, so that the server sends everything again that was not acknowledged.
    pub fn reset(&self) {
        self.reset.notify_one();
    }

    /// Ends it in good order.
    pub async fn close(self) {
        drop(self.outgoing);
        drop(self.news);
        let mut task = self.task;
        if timeout(PARTING, &mut task).await.is_err() {
            task.abort();
        }
    }
}

struct Keeper {
    session: Arc<Session>,
    device: u32,
    news: mpsc::Sender<News>,
    outgoing: mpsc::Receiver<String>,
    reset: Arc<Notify>,
}

impl Keeper {
    async fn keep(mut self) {
        let mut backoff = Backoff::new();
        let mut refused = None;
        loop {
            let ending = match Connection::open(&self.session, self.device, refused.as_ref()).await {
                Ok(mut connection) => {
                    let ending = self.carry(&mut connection, &mut backoff).await;
                    refused = matches!(ending, Ending::Token).then(|| connection.token().clone());
                    if matches!(ending, Ending::Unwanted | Ending::Asked(_)) {
                        connection.close().await;
                    }
                    ending
                }
                Err(ending) => ending,
            };
            let wait = match ending {
                Ending::Unwanted => return,
                Ending::Refused(error) => {
                    let _ = self.news.send(News::Over(error)).await;
                    return;
                }
                Ending::Asked(wait) => jittered(wait * 2),
                Ending::Limited => jittered(PENANCE * 2),
                Ending::Cut | Ending::Closed | Ending::Token => backoff.next(),
            };
            tokio::select! {
                () = sleep(wait) => {}
                () = self.unwanted() => return,
            }
        }
    }

    async fn carry(&mut self, connection: &mut Connection, backoff: &mut Backoff) -> Ending {
        // What was said into the void is said again after the news of this connection.
        while self.outgoing.try_recv().is_ok() {}
        if self.news.send(News::Open).await.is_err() {
            return Ending::Unwanted;
        }
        let since = Instant::now();
        let ending = tokio::select! {
            ending = connection.carry(&self.session, &self.news, &mut self.outgoing) => ending,
            () = self.reset.notified() => Ending::Closed,
        };
        if self.news.send(News::Cut).await.is_err() {
            return Ending::Unwanted;
        }
        // One that is ended on purpose, again and again, is not a success.
        if matches!(ending, Ending::Cut | Ending::Asked(_)) || since.elapsed() > STEADY {
            backoff.reset();
        }
        ending
    }

    /// Returns when nobody listens any more; meanwhile what is said goes nowhere.
    async fn unwanted(&mut self) {
        while self.outgoing.recv().await.is_some() {}
    }
}
