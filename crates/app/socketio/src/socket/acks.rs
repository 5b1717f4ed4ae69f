use std::cell::RefCell;
use std::collections::HashMap;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

/// Events of the server that may wait for an acknowledgement at once, per socket.
const MOST: usize = 1024;

/// What a client acknowledges an event with.
#[derive(Debug)]
pub struct Answer {
    /// Arguments; where an attachment belongs is a placeholder.
    pub args: Vec<Box<RawValue>>,
    /// The bytes for the placeholders.
    pub attachments: Vec<Bytes>,
}

/// Events that the client is to acknowledge.
#[derive(Default)]
pub(super) struct Acks(RefCell<Option<Box<Waiting>>>);

#[derive(Default)]
struct Waiting {
    next: u64,
    all: HashMap<u64, oneshot::Sender<Answer>>,
}

impl Acks {
    /// A number for an event, and what will come for it; nothing when too many are waited for.
    pub fn expect(&self) -> Option<(u64, oneshot::Receiver<Answer>)> {
        let mut waiting = self.0.borrow_mut();
        let waiting = waiting.get_or_insert_default();
        if waiting.all.len() >= MOST {
            // Nobody waits for an answer whose receiver was dropped.
            waiting.all.retain(|_, sender| !sender.is_closed());
        }
        if waiting.all.len() >= MOST {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        let id = waiting.next;
        waiting.next += 1;
        waiting.all.insert(id, sender);
        Some((id, receiver))
    }

    /// The client acknowledged; what it was not asked for is left alone.
    pub fn settle(&self, id: u64, answer: Answer) {
        let sender = self.0.borrow_mut().as_mut().and_then(|waiting| waiting.all.remove(&id));
        if let Some(sender) = sender {
            // Whoever asked may not wait any more.
            let _ = sender.send(answer);
        }
    }

    /// Nothing will be acknowledged any more.
    pub fn give_up(&self) {
        self.0.take();
    }
}
