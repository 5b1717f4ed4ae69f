use tokio::sync::oneshot::Sender;
use uuid::Uuid;

use super::{Error, Record, Safety};
use crate::safety::SafetyNumber;

/// What the caller wants of the worker.
pub(super) enum Command {
    Send {
        to: Uuid,
        text: String,
        reply: Sender<Result<Uuid, Error>>,
    },
    Handled(u64),
    Read {
        peer: Uuid,
        up_to: u64,
    },
    Safety {
        peer: Uuid,
        reply: Sender<Result<Option<Safety>, Error>>,
    },
    Verified {
        peer: Uuid,
        number: SafetyNumber,
        reply: Sender<Result<(), Error>>,
    },
    Accept {
        peer: Uuid,
        reply: Sender<Result<(), Error>>,
    },
    Lapsed(Sender<Result<Vec<Uuid>, Error>>),
    History {
        peer: Uuid,
        most: usize,
        reply: Sender<Result<Vec<Record>, Error>>,
    },
    Unsent(Sender<usize>),
}
