//! What comes from the client: by posts, or through a WebSocket.

use std::task::{Context, Poll};

use super::Mailbox;
use super::state::{Phase, Transport};
use crate::engine::Reason;
use crate::engine::packet::{Arrived, CLOSE};
use crate::engine::refusal::Refusal;

/// Packets of a WebSocket that may wait for the owner.
const MOST: usize = 8;

impl Mailbox {
    /// A post came. Two at once end the session.
    pub fn begin_post(&self) -> Result<(), Refusal> {
        let mut state = self.state.lock();
        self.end_if_dead(&mut state);
        if state.phase != Phase::Open {
            return Err(Refusal::UnknownSid);
        }
        if state.transport == Transport::WebSocket {
            return Err(Refusal::BadRequest);
        }
        if state.posted {
            state.finish(Reason::Violation, CLOSE);
            return Err(Refusal::BadRequest);
        }
        state.posted = true;
        Ok(())
    }

    pub fn end_post(&self) {
        self.state.lock().posted = false;
    }

    /// Hands the packets of a post to the owner.
    pub fn arrive(&self, packets: Vec<Arrived>) {
        let mut state = self.state.lock();
        if state.phase == Phase::Open {
            state.arrived.extend(packets);
            state.wakers.owner();
        }
    }

    /// Whether the owner has followed all that was posted, or why it never will.
    pub fn followed(&self, cx: &mut Context<'_>) -> Poll<Result<(), Reason>> {
        let mut state = self.state.lock();
        if state.phase != Phase::Open {
            return Poll::Ready(Err(state.reason));
        }
        if state.arrived.is_empty() && !state.busy {
            return Poll::Ready(Ok(()));
        }
        state.wakers.poster = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Ready when a poll waits, or none will come.
    pub fn polled(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.lock();
        if state.polled || state.phase != Phase::Open || state.transport == Transport::WebSocket {
            return Poll::Ready(());
        }
        state.wakers.poster = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Ready when the session has ended.
    pub fn ended(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.lock();
        if state.phase != Phase::Open {
            return Poll::Ready(());
        }
        state.wakers.poster = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Hands a packet of the WebSocket to the owner. False when no more should be read before the owner has taken some.
    pub fn arrive_from_socket(&self, packet: Arrived) -> bool {
        let mut state = self.state.lock();
        if state.phase == Phase::Open {
            state.arrived.push_back(packet);
            state.full = state.arrived.len() >= MOST;
            state.wakers.owner();
        }
        !state.full
    }
}
