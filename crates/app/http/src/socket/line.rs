use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use actix_web::rt;
use futures_util::FutureExt;
use tenon_rooms::{EventData, EventName, Position, PublishError, Room};

use super::connection::Connection;
use super::hub::Hub;
use super::outlet::Outlet;
use super::refusal::Refusal;

/// So many publishes of a socket are under way together at most.
const MOST: u64 = 64;

/// Events that may wait for a worker before those who publish have to.
const BACKLOG: usize = 256;

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
    fn let_another_follow(&self) {
        self.alone.set(false);
    }

    /// Something is asked, which is alone unless it says that it is not.
    fn ask(&self) {
        self.alone.set(true);
    }

    /// Takes what could not be answered at once.
    fn push(&self, asked: Asked) {
        self.taken.set(self.taken.get() + 1);
        self.waiting.borrow_mut().push_back(asked);
    }

    fn first(&self) -> Option<Asked> {
        self.waiting.borrow_mut().pop_front()
    }

    /// The first was answered.
    fn answered(&self) {
        self.answered.set(self.answered.get() + 1);
    }

    /// Says whether that is news.
    fn restrain(&self) -> bool {
        !self.restrained.replace(true)
    }

    fn relieve(&self) {
        self.restrained.set(false);
    }

    /// Has the socket read, or not.
    fn regulate(&self, outlet: &Outlet) {
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

impl Hub {
    /// Publishes what a socket asked for at this place in its line, and returns in its turn. What it asks for next is read as
    /// soon as the event has its place among those that are published.
    pub(crate) async fn publish(
        &self,
        connection: &Connection,
        place: u64,
        room: &Room,
        name: EventName,
        data: EventData,
    ) -> Result<Position, PublishError> {
        let line = &connection.line;
        let member = connection.member.get();
        let published = self
            .api
            .rooms
            .publish(&member, room, name, data, || line.let_another_follow());
        let position = published.await?;
        line.turn(place).await;
        Ok(position)
    }

    /// Does what a client asked for, who was told when it could not be done.
    pub(crate) fn follow(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        asked: impl Future<Output = Result<(), Refusal>> + 'static,
    ) {
        let counting = Rc::clone(connection);
        self.take(connection, async move {
            match asked.await {
                Ok(()) => counting.followed(),
                Err(refusal) if refusal.is_mistake => counting.refuse(),
                Err(_) => {}
            }
        });
    }

    /// Does something when all that was asked before is answered; what comes next is read after that.
    pub(crate) fn in_turn(self: &Rc<Self>, connection: &Rc<Connection>, what: impl FnOnce() + 'static) {
        if connection.line.length() == 0 {
            return what();
        }
        let waiting = Rc::clone(connection);
        self.take(connection, async move {
            waiting.line.turn(waiting.line.place()).await;
            what();
        });
    }

    /// Most is done without waiting for anything. A task for each would have its turn only after all sockets that have
    /// something to send.
    fn take(self: &Rc<Self>, connection: &Rc<Connection>, asked: impl Future<Output = ()> + 'static) {
        let line = &connection.line;
        line.ask();
        let mut asked = Box::pin(asked);
        if asked.as_mut().now_or_never().is_none() {
            let first = line.length() == 0;
            line.push(asked);
            if first {
                rt::spawn(Rc::clone(self).answer(Rc::clone(connection)));
            }
        }
        self.regulate(connection);
    }

    /// Goes on until everything that was asked is answered.
    async fn answer(self: Rc<Self>, connection: Rc<Connection>) {
        while let Some(first) = connection.line.first() {
            first.await;
            connection.line.answered();
            self.regulate(&connection);
        }
    }

    /// Reads nothing from a socket that has to be answered first, or publishes faster than events are delivered, for as long
    /// as that is so.
    fn regulate(&self, connection: &Rc<Connection>) {
        if self.sockets.backlog() >= BACKLOG && connection.line.restrain() {
            self.restrained.borrow_mut().push(Rc::clone(connection));
        }
        connection.line.regulate(&connection.outlet);
    }

    pub(super) fn relieve(&self) {
        if !self.restrained.borrow().is_empty() && self.sockets.backlog() < BACKLOG {
            for connection in self.restrained.take() {
                connection.line.relieve();
                connection.line.regulate(&connection.outlet);
            }
        }
    }
}
