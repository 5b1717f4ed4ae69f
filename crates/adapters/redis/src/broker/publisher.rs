//! Events on their way to the server, in the order in which they were published.

use std::sync::Arc;

use tenon_rooms::{EventKey, Position, Room};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

use super::log::Log;

/// How many events go to the server together.
const MOST: usize = 128;

/// An event that is to be numbered and spread.
pub struct Publication {
    pub room: Room,
    /// As it travels.
    pub text: String,
    pub once: Option<EventKey>,
    pub reply: oneshot::Sender<Option<Position>>,
}

impl Publication {
    /// Whether both may go under one count: they are in the same room, and neither may have happened before.
    pub fn goes_with(&self, other: &Self) -> bool {
        self.room == other.room && self.once.is_none() && other.once.is_none()
    }
}

/// Sends what is published. One batch is under way at a time, so that nothing overtakes what was published before it, whatever
/// fails, and what comes meanwhile goes together.
pub async fn send(log: Arc<Log>, mut published: UnboundedReceiver<Publication>) {
    let mut batch = Vec::with_capacity(MOST);
    while published.recv_many(&mut batch, MOST).await > 0 {
        // Whoever does not wait any more has said that it was not published.
        batch.retain(|publication| !publication.reply.is_closed());
        if batch.is_empty() {
            continue;
        }
        let positions = log.append(&batch).await;
        for (publication, position) in batch.drain(..).zip(positions) {
            // Whoever asked may have gone.
            let _ = publication.reply.send(position);
        }
    }
}
