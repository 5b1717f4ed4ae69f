use std::cell::{Cell, RefCell};
use std::task::Waker;
use std::time::Instant;

use bytes::{Buf, Bytes};

use crate::outbox::Outbox;
use crate::{Bypass, Close, frame};

/// What one socket may take of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest message that is read, in bytes.
    pub message: usize,
    /// Frames that may wait to be sent.
    pub frames: usize,
    /// Their bytes.
    pub bytes: usize,
}

impl Default for Limits {
    /// Messages of 64 KiB; 256 frames and 1 MiB that wait.
    fn default() -> Self {
        Self {
            message: 64 * 1024,
            frames: 256,
            bytes: 1024 * 1024,
        }
    }
}

/// The sending half of a socket, for whoever has something to say to it. It belongs to the socket's thread.
pub struct Link {
    limits: Limits,
    bypass: RefCell<Option<Bypass>>,
    outbox: RefCell<Outbox>,
    waker: RefCell<Option<Waker>>,
    /// The socket's task is running, or will be.
    awake: Cell<bool>,
    held: Cell<bool>,
    phase: Cell<Phase>,
    heard: Cell<Instant>,
    taken: Cell<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Open,
    /// The last frame is in the outbox.
    Closing,
    /// The connection is gone.
    Gone,
}

impl Link {
    pub(crate) fn new(limits: Limits, bypass: Bypass) -> Self {
        let now = Instant::now();
        Self {
            limits,
            bypass: RefCell::new(Some(bypass)),
            outbox: RefCell::default(),
            waker: RefCell::default(),
            awake: Cell::new(true),
            held: Cell::new(false),
            phase: Cell::new(Phase::Open),
            heard: Cell::new(now),
            taken: Cell::new(now),
        }
    }

    /// Sends a chunk of this many whole frames; false, and nothing is sent, when too much waits already or the socket is
    /// closing.
    pub fn push(&self, chunk: &Bytes, frames: usize) -> bool {
        if !self.has_room_for(chunk.len(), frames) || !self.is_open() {
            return false;
        }
        self.queue(chunk.clone(), frames);
        true
    }

    /// Sends the answer to something that was read, however much waits. That cannot become too much, because nothing is
    /// read while there is no room: as much as is read before it is answered may come in addition.
    pub fn reply(&self, answer: Bytes) {
        if self.is_open() {
            self.queue(answer, 1);
        }
    }

    /// What is sent from now on goes together, when the socket's task has its turn.
    pub fn gather(&self) {
        self.wake();
    }

    /// Sends what waits, then ends the connection.
    pub fn close(&self, close: &Close) {
        self.end(Some(close));
    }

    /// Drops what waits and ends the connection.
    pub fn abort(&self, close: &Close) {
        if self.is_open() {
            self.outbox.borrow_mut().cut();
        }
        self.end(Some(close));
    }

    /// Reads nothing until [`Link::release`].
    pub fn hold(&self) {
        self.held.set(true);
    }

    /// Reads on.
    pub fn release(&self) {
        self.held.set(false);
        self.wake();
    }

    /// Whether neither side has ended it.
    pub fn is_open(&self) -> bool {
        self.phase.get() == Phase::Open
    }

    /// The number of frames that wait.
    pub fn queued(&self) -> usize {
        self.outbox.borrow().frames()
    }

    /// Whether half of what may wait would still fit.
    pub fn has_drained(&self) -> bool {
        self.has_room_for(self.limits.bytes / 2, self.limits.frames / 2)
    }

    /// When something last came.
    pub fn heard(&self) -> Instant {
        self.heard.get()
    }

    /// Since when the peer has taken nothing although something waits.
    pub fn stalled(&self) -> Option<Instant> {
        (!self.outbox.borrow().is_empty()).then(|| self.taken.get())
    }

    fn has_room_for(&self, bytes: usize, frames: usize) -> bool {
        let outbox = self.outbox.borrow();
        // A chunk that is larger than what may wait goes to a socket for which nothing waits.
        outbox.is_empty()
            || (outbox.bytes() + bytes <= self.limits.bytes && outbox.frames() + frames <= self.limits.frames)
    }

    fn queue(&self, mut chunk: Bytes, frames: usize) {
        let mut outbox = self.outbox.borrow_mut();
        if outbox.is_empty() {
            let written = self.write_past(&chunk);
            if written == chunk.len() {
                return;
            }
            chunk.advance(written);
            self.taken.set(Instant::now());
            outbox.push(chunk, frames, written > 0);
        } else {
            outbox.push(chunk, frames, false);
        }
        drop(outbox);
        self.wake();
    }

    /// Writes at once while the socket's task sleeps; when it is awake it sends many chunks with one write.
    fn write_past(&self, chunk: &[u8]) -> usize {
        if self.awake.get() {
            return 0;
        }
        self.bypass.borrow().as_ref().map_or(0, |bypass| bypass.write(chunk))
    }

    fn wake(&self) {
        if !self.awake.replace(true)
            && let Some(waker) = &*self.waker.borrow()
        {
            waker.wake_by_ref();
        }
    }

    /// As [`Link::close`], with nothing said of why if there is nothing to say.
    pub fn end(&self, close: Option<&Close>) {
        if self.is_open() {
            self.queue(frame::close(close), 1);
            self.phase.set(Phase::Closing);
            self.wake();
        }
    }

    pub(crate) fn gone(&self) {
        self.phase.set(Phase::Gone);
        self.outbox.take();
        self.waker.take();
        self.bypass.take();
    }

    /// The socket's task begins to run.
    pub(crate) fn begin(&self, waker: &Waker) {
        self.awake.set(true);
        let mut known = self.waker.borrow_mut();
        match &mut *known {
            Some(known) => known.clone_from(waker),
            None => *known = Some(waker.clone()),
        }
    }

    /// The socket's task has nothing more to do.
    pub(crate) fn rest(&self) {
        self.awake.set(false);
    }

    pub(crate) fn may_read(&self) -> bool {
        self.is_open() && !self.held.get() && self.has_room_for(0, 1)
    }

    pub(crate) fn listened(&self) {
        self.heard.set(Instant::now());
    }

    pub(crate) fn pop(&self) -> Option<Bytes> {
        let chunk = self.outbox.borrow_mut().pop();
        if chunk.is_some() {
            self.taken.set(Instant::now());
            if let Some(bypass) = &*self.bypass.borrow() {
                bypass.block();
            }
        }
        chunk
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase.get()
    }
}
