use std::collections::{HashSet, VecDeque};
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::task::Poll;

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use tenon_kernel::UserId;
use tenon_rooms::{Position, Room};

use super::delivery::Delivery;

/// Items that may wait for a worker. A worker that is so far behind reads what it missed from the rooms' history.
const MOST: usize = 65_536;

/// What a worker takes at once: not more than an outbox holds beside what may be in it already.
const TURN_FRAMES: usize = 128;
const TURN_BYTES: usize = 256 * 1024;

/// Something that a worker's sockets should know.
pub(super) enum Item {
    Event(Arc<Delivery>),
    /// Events before the one after this position are gone.
    Lost(Room, Position),
    /// Events of the room were left out.
    Hole(Room),
    /// Something may be new in a mailbox of the user.
    Mail(UserId),
    /// The stock of prekeys of one of the user's devices changed.
    Stock(UserId),
}

/// What other threads have for the sockets of one worker. Each thread holds the lock for as long as it takes to move a
/// pointer.
#[derive(Default)]
pub(super) struct Inbox {
    waiting: Mutex<Waiting>,
    waker: AtomicWaker,
    /// The number of items.
    length: AtomicUsize,
    /// Frames that wait in the worker's outboxes, and rooms that its sockets are in, when last counted.
    counts: (AtomicI64, AtomicI64),
}

#[derive(Default)]
struct Waiting {
    rooms: HashSet<Room>,
    items: VecDeque<Item>,
    holes: HashSet<Room>,
    /// Whose sockets get mail here.
    readers: HashSet<UserId>,
    mail: HashSet<UserId>,
    stock: HashSet<UserId>,
}

impl Inbox {
    /// Takes what is for this room from now on.
    pub fn listen(&self, room: Room) {
        self.waiting.lock().rooms.insert(room);
    }

    /// Does not any more.
    pub fn ignore(&self, room: &Room) {
        self.waiting.lock().rooms.remove(room);
    }

    /// Takes signs of mail for this user from now on.
    pub fn expect_mail(&self, user: UserId) {
        self.waiting.lock().readers.insert(user);
    }

    /// Does not any more.
    pub fn ignore_mail(&self, user: UserId) {
        self.waiting.lock().readers.remove(&user);
    }

    /// Something may be new in a mailbox of the user. Many signs are as one.
    pub fn mail(&self, user: UserId) {
        self.sign(user, |waiting| &mut waiting.mail);
    }

    /// The stock of prekeys of one of the user's devices changed.
    pub fn stock(&self, user: UserId) {
        self.sign(user, |waiting| &mut waiting.stock);
    }

    fn sign(&self, user: UserId, of: impl FnOnce(&mut Waiting) -> &mut HashSet<UserId>) {
        let mut waiting = self.waiting.lock();
        if !waiting.readers.contains(&user) {
            return;
        }
        let first = waiting.is_empty();
        of(&mut waiting).insert(user);
        drop(waiting);
        if first {
            self.waker.wake();
        }
    }

    /// Adds an item, if the room is listened to.
    pub fn offer(&self, room: &Room, item: impl FnOnce() -> Item) {
        let mut waiting = self.waiting.lock();
        if !waiting.rooms.contains(room) {
            return;
        }
        let first = waiting.is_empty();
        if waiting.items.len() < MOST {
            waiting.items.push_back(item());
            self.length.store(waiting.items.len(), Ordering::Relaxed);
        } else {
            waiting.holes.insert(*room);
        }
        drop(waiting);
        if first {
            self.waker.wake();
        }
    }

    /// Notes the worker's counts.
    pub fn state(&self, queued: usize, rooms: usize) {
        let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
        self.counts.0.store(number(queued), Ordering::Relaxed);
        self.counts.1.store(number(rooms), Ordering::Relaxed);
    }

    /// The worker's counts.
    pub fn counts(&self) -> (i64, i64) {
        (
            self.counts.0.load(Ordering::Relaxed),
            self.counts.1.load(Ordering::Relaxed),
        )
    }

    /// How many items wait.
    pub fn length(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Waits until there is something, and moves what comes first of it to `items`, which must be empty.
    pub async fn take(&self, items: &mut Vec<Item>) {
        poll_fn(|cx| {
            self.waker.register(cx.waker());
            let mut waiting = self.waiting.lock();
            waiting.take_turn(items);
            self.length.store(waiting.items.len(), Ordering::Relaxed);
            if items.is_empty() {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.holes.is_empty() && self.mail.is_empty() && self.stock.is_empty()
    }

    fn take_turn(&mut self, items: &mut Vec<Item>) {
        items.extend(self.mail.drain().map(Item::Mail));
        items.extend(self.stock.drain().map(Item::Stock));
        let mut bytes = 0;
        while items.len() < TURN_FRAMES && bytes < TURN_BYTES {
            let Some(item) = self.items.pop_front() else {
                return items.extend(self.holes.drain().map(Item::Hole));
            };
            bytes += item.bytes();
            items.push(item);
        }
    }
}

impl Item {
    fn bytes(&self) -> usize {
        match self {
            Self::Event(delivery) => delivery.size(),
            Self::Lost(..) | Self::Hole(_) | Self::Mail(_) | Self::Stock(_) => 0,
        }
    }
}
