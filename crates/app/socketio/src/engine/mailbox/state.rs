use std::collections::VecDeque;
use std::task::Waker;
use std::time::Instant;

use tenon_websocket::Close;

use crate::engine::packet::{Arrived, CLOSE};
use crate::engine::{Outbox, Packets, Reason};

/// What carries packets between the mailbox and the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Polling,
    /// A WebSocket came and was not probed yet.
    Claimed,
    /// It was probed; polls have nothing to wait for.
    Probing,
    WebSocket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Open,
    /// What waits is still to be sent, then the end.
    Closing,
    Gone,
}

pub(super) struct State {
    pub transport: Transport,
    pub phase: Phase,
    /// What waits to be sent.
    pub waiting: VecDeque<Packets>,
    pub frames: usize,
    pub bytes: usize,
    /// When something was last taken of it, or when it began to wait.
    pub taken: Instant,
    /// What came and was not taken by the owner.
    pub arrived: VecDeque<Arrived>,
    /// The owner follows what it took last.
    pub busy: bool,
    /// So much came that the WebSocket is not read.
    pub full: bool,
    pub held: bool,
    /// All that waited was taken, and the owner does not know.
    pub drained: bool,
    /// A poll waits.
    pub polled: bool,
    /// A post is being followed.
    pub posted: bool,
    /// How a poll that waits is answered when the session is gone.
    pub farewell: &'static [u8],
    pub close: Option<Close>,
    pub aborts: bool,
    pub reason: Reason,
    /// The last sign of life, or when the end began.
    pub alive: Instant,
    pub wakers: Wakers,
}

/// Those who wait for something.
#[derive(Default)]
pub(super) struct Wakers {
    pub owner: Option<Waker>,
    /// A poll, or the task that feeds the WebSocket.
    pub outward: Option<Waker>,
    pub poster: Option<Waker>,
}

impl Wakers {
    pub fn owner(&mut self) {
        wake(&mut self.owner);
    }

    pub fn outward(&mut self) {
        wake(&mut self.outward);
    }

    pub fn poster(&mut self) {
        wake(&mut self.poster);
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl State {
    pub fn new() -> Self {
        let now = Instant::now();
        Self {
            transport: Transport::Polling,
            phase: Phase::Open,
            waiting: VecDeque::new(),
            frames: 0,
            bytes: 0,
            taken: now,
            arrived: VecDeque::new(),
            busy: false,
            full: false,
            held: false,
            drained: false,
            polled: false,
            posted: false,
            farewell: CLOSE,
            close: None,
            aborts: false,
            reason: Reason::Left,
            alive: now,
            wakers: Wakers::default(),
        }
    }

    pub fn has_room_for(&self, limits: Outbox, bytes: usize, frames: usize) -> bool {
        // What is larger than what may wait goes to a client for which nothing waits.
        self.waiting.is_empty() || (self.bytes + bytes <= limits.bytes && self.frames + frames <= limits.frames)
    }

    pub fn queue(&mut self, packets: Packets) {
        if self.waiting.is_empty() {
            self.taken = Instant::now();
        }
        self.frames += packets.count;
        self.bytes += packets.bytes();
        self.waiting.push_back(packets);
        self.wakers.outward();
    }

    /// Counts what waits after some of it was taken.
    pub fn took(&mut self, frames: usize, bytes: usize) {
        self.frames = self.frames.saturating_sub(frames);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.taken = Instant::now();
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
            self.drained = self.phase == Phase::Open;
        }
        if self.drained || !self.arrived.is_empty() {
            self.wakers.owner();
        }
    }

    pub fn clear(&mut self) {
        self.waiting = VecDeque::new();
        (self.frames, self.bytes) = (0, 0);
    }

    /// Nothing goes over this session any more.
    pub fn finish(&mut self, reason: Reason, farewell: &'static [u8]) {
        if self.phase == Phase::Gone {
            return;
        }
        if self.phase == Phase::Open {
            self.reason = reason;
            self.farewell = farewell;
        }
        self.phase = Phase::Gone;
        self.clear();
        self.wakers.owner();
        self.wakers.outward();
        self.wakers.poster();
    }
}
