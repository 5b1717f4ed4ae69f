//! Where the worker that owns a session meets the requests and the WebSocket through which others reach its client.

mod inward;
mod outward;
mod owner;
mod state;

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tenon_websocket::Close;

pub(super) use outward::Outward;
pub(super) use owner::own;
use state::{Phase, State, Transport};

use super::packet::{CLOSE, NOOP};
use super::{EngineSettings, Outbox, Packets, Reason};

/// A session that began with polling, as every thread may see it. Each holds the lock for as long as it takes to move a few
/// pointers, or to write out one payload.
pub(crate) struct Mailbox {
    limits: Outbox,
    /// How long after a sign of life the session is dead.
    dead: Duration,
    /// How long the last packets wait for a poll.
    linger: Duration,
    state: Mutex<State>,
}

impl Mailbox {
    pub fn new(settings: &EngineSettings) -> Self {
        Self {
            limits: settings.outbox,
            dead: settings.dead(),
            linger: settings.ping_timeout,
            state: Mutex::new(State::new()),
        }
    }

    /// Sends packets; false, and nothing is sent, when too much waits already or the session is closing.
    pub fn push(&self, packets: &Packets) -> bool {
        let mut state = self.state.lock();
        let may = state.phase == Phase::Open && state.has_room_for(self.limits, packets.bytes(), packets.count);
        if may {
            state.queue(packets.clone());
        }
        may
    }

    /// Sends the answer to something that came.
    pub fn reply(&self, packets: &Packets) {
        let mut state = self.state.lock();
        if state.phase == Phase::Open {
            state.queue(packets.clone());
        }
    }

    /// Takes nothing that came, or goes on to.
    pub fn hold(&self, held: bool) {
        let mut state = self.state.lock();
        state.held = held;
        if !held {
            state.wakers.owner();
        }
    }

    pub fn is_open(&self) -> bool {
        self.state.lock().phase == Phase::Open
    }

    /// The number of packets that wait.
    pub fn queued(&self) -> usize {
        self.state.lock().frames
    }

    /// Whether half of what may wait would still fit.
    pub fn has_drained(&self) -> bool {
        let (bytes, frames) = (self.limits.bytes / 2, self.limits.frames / 2);
        self.state.lock().has_room_for(self.limits, bytes, frames)
    }

    /// Since when nothing was taken although something waits.
    pub fn stalled(&self) -> Option<Instant> {
        let state = self.state.lock();
        (!state.waiting.is_empty()).then_some(state.taken)
    }

    /// A sign of life came.
    pub fn alive(&self, now: Instant) {
        self.state.lock().alive = now;
    }

    /// The client said that it goes: a poll that waits is ended.
    pub fn left(&self) {
        let mut state = self.state.lock();
        state.arrived.clear();
        state.finish(Reason::Left, NOOP);
    }

    /// Ends the session after what waits, or without.
    pub fn close(&self, close: &Close, reason: Reason, drop_waiting: bool) {
        let mut state = self.state.lock();
        if state.phase != Phase::Open {
            return;
        }
        if drop_waiting {
            state.clear();
        }
        state.phase = Phase::Closing;
        state.reason = reason;
        state.aborts = drop_waiting;
        state.close = Some(close.clone());
        state.alive = Instant::now();
        if drop_waiting && state.transport != Transport::WebSocket && !state.polled {
            return state.finish(reason, CLOSE);
        }
        state.wakers.outward();
        state.wakers.poster();
    }

    /// Forgets a session whose last packets nobody fetched.
    pub fn expire(&self, now: Instant) {
        let mut state = self.state.lock();
        if state.phase == Phase::Closing && now.duration_since(state.alive) >= self.linger {
            let reason = state.reason;
            state.finish(reason, CLOSE);
        }
    }

    /// The way to the client ended, or the client broke a rule of it.
    pub fn end(&self, reason: Reason) {
        self.state.lock().finish(reason, CLOSE);
    }

    /// Ends a session that is silent for too long, without waiting for its owner to see that.
    fn end_if_dead(&self, state: &mut State) {
        if state.phase == Phase::Open && !state.held && state.alive.elapsed() >= self.dead {
            state.finish(Reason::Silent, CLOSE);
        }
    }
}
