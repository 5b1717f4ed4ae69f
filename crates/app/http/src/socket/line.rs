use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use super::outlet::Outlet;

/// So many publishes of a socket are under way together at most.
const MOST: u64 = 64;

type Asked = Pin<Box<dyn Future<Output = ()>>>;

/// What a socket asked for and was not answered yet, in the order in which it asked.
///
/// Everything in it was polled once, before the next came. From then on only the first is polled.
#[derive(Default)]
pub(crate) struct Line {
    /// What follows the first.
    waiting: RefCell<VecDeque<Asked>>,
    taken: Cell<u64>,
    answered: Cell<u64>,
    /// The last one does not let another follow it before it is answered.
    alone: Cell<bool>,
    /// The socket publishes faster than events are delivered.
    restrained: Cell<bool>,
    held: Cell<bool>,
}

impl Line {
    /// How much is not answered.
    pub fn length(&self) -> u64 {
        self.taken.get() - self.answered.get()
    }

    /// The place of what is asked now.
    pub fn place(&self) -> u64 {
        self.taken.get()
    }

    /// Waits until all that was asked before what is at this place is answered.
    pub async fn turn(&self, place: u64) {
        poll_fn(|_| {
            if self.answered.get() >= place {
                Poll::Ready(())
            } else {
                // It is polled again when it is the first.
                Poll::Pending
            }
        })
        .await;
    }

    /// What is asked now lets another follow it before it is answered.
    pub fn let_another_follow(&self) {
        self.alone.set(false);
    }

    /// Something is asked, which is alone unless it says that it is not.
    pub(super) fn ask(&self) {
        self.alone.set(true);
    }

    /// Takes what could not be answered at once.
    pub(super) fn push(&self, asked: Asked) {
        self.taken.set(self.taken.get() + 1);
        self.waiting.borrow_mut().push_back(asked);
    }

    pub(super) fn first(&self) -> Option<Asked> {
        self.waiting.borrow_mut().pop_front()
    }

    /// The first was answered.
    pub(super) fn answered(&self) {
        self.answered.set(self.answered.get() + 1);
    }

    /// Says whether that is news.
    pub(super) fn restrain(&self) -> bool {
        !self.restrained.replace(true)
    }

    pub(super) fn relieve(&self) {
        self.restrained.set(false);
    }

    /// Has the socket read, or not.
    pub(super) fn regulate(&self, outlet: &Outlet) {
        let full = self.length() >= MOST || (self.length() > 0 && self.alone.get());
        let hold = full || self.restrained.get();
        if self.held.replace(hold) != hold {
            if hold {
                outlet.hold();
            } else {
                outlet.release();
            }
        }
    }
}
