//! What goes to the client: by polls, or through a WebSocket.

use std::task::{Context, Poll};

use bytes::Bytes;
use tenon_websocket::Close;

use super::Mailbox;
use super::state::{Phase, Transport};
use crate::codes;
use crate::engine::packet::{CLOSE, NOOP};
use crate::engine::refusal::Refusal;
use crate::engine::{Packets, Reason};

/// What there is to do for whoever feeds the WebSocket.
pub(crate) enum Outward {
    Send(Packets),
    /// End it, after what it was given or without.
    Close(Close, bool),
    Gone,
    /// Nothing at the moment, but perhaps to read on.
    Nothing {
        may_read: bool,
    },
}

impl Mailbox {
    /// A poll came. Two at once end the session.
    pub fn begin_poll(&self) -> Result<(), Refusal> {
        let mut state = self.state.lock();
        self.end_if_dead(&mut state);
        if state.phase == Phase::Gone {
            return Err(Refusal::UnknownSid);
        }
        if state.transport == Transport::WebSocket {
            return Err(Refusal::BadRequest);
        }
        if state.polled {
            state.finish(Reason::Violation, CLOSE);
            return Err(Refusal::BadRequest);
        }
        state.polled = true;
        state.wakers.poster();
        Ok(())
    }

    /// Ready when no upgrade is about to be completed, or the poll can be answered anyway.
    pub fn probed(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.lock();
        if state.transport != Transport::Probing || state.phase != Phase::Open || !state.waiting.is_empty() {
            return Poll::Ready(());
        }
        state.wakers.outward = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Whether a poll is still how packets go to the client.
    pub fn go_on_polling(&self) -> Result<(), Refusal> {
        let mut state = self.state.lock();
        if state.transport == Transport::WebSocket && state.phase != Phase::Gone {
            state.polled = false;
            return Err(Refusal::BadRequest);
        }
        Ok(())
    }

    /// The payload that answers the poll, as soon as there is one.
    pub fn answer_poll(&self, cx: &mut Context<'_>, largest: usize) -> Poll<Bytes> {
        let mut state = self.state.lock();
        let mut payload = Vec::new();
        if state.phase == Phase::Gone {
            payload.extend_from_slice(state.farewell);
        } else if state.transport == Transport::WebSocket {
            // What waits goes there.
            payload.extend_from_slice(NOOP);
        } else if !state.waiting.is_empty() {
            let (mut frames, mut bytes) = (0, 0);
            while let Some(packets) = state.waiting.front_mut() {
                let before = (packets.count, packets.bytes());
                let whole = packets.move_to(&mut payload, largest);
                frames += before.0 - packets.count;
                bytes += before.1 - packets.bytes();
                if !whole {
                    break;
                }
                state.waiting.pop_front();
            }
            // A close has a payload of its own: the library on Node hands out events a moment after it read them, and none any
            // more once it has read a close.
            state.took(frames, bytes);
        } else if state.phase == Phase::Closing {
            payload.extend_from_slice(CLOSE);
            let reason = state.reason;
            state.finish(reason, CLOSE);
        } else if state.transport == Transport::Probing {
            payload.extend_from_slice(NOOP);
        } else {
            state.wakers.outward = Some(cx.waker().clone());
            return Poll::Pending;
        }
        state.polled = false;
        Poll::Ready(payload.into())
    }

    /// Whoever polled is gone, and with them what was to be sent.
    pub fn cancel_poll(&self) {
        self.end(Reason::Left);
    }

    /// A WebSocket came to take the session over; only one may.
    pub fn claim(&self) -> bool {
        let mut state = self.state.lock();
        self.end_if_dead(&mut state);
        let may = state.phase == Phase::Open && state.transport == Transport::Polling;
        if may {
            state.transport = Transport::Claimed;
        }
        may
    }

    /// It is known to work: a poll that waits is ended, so that the client can stop polling.
    pub fn probe(&self) {
        let mut state = self.state.lock();
        if state.transport == Transport::Claimed {
            state.transport = Transport::Probing;
            state.wakers.outward();
        }
    }

    /// The client sends and takes everything through it from now on. False when the session is gone.
    pub fn upgrade(&self) -> bool {
        let mut state = self.state.lock();
        if state.phase == Phase::Gone || state.transport != Transport::Probing {
            return false;
        }
        state.transport = Transport::WebSocket;
        state.wakers.outward();
        true
    }

    /// It did not complete the upgrade: polling goes on.
    pub fn give_up_upgrade(&self) {
        let mut state = self.state.lock();
        if matches!(state.transport, Transport::Claimed | Transport::Probing) {
            state.transport = Transport::Polling;
        }
    }

    /// What is next for the WebSocket.
    pub fn next_outward(&self, cx: &mut Context<'_>) -> Outward {
        let mut state = self.state.lock();
        if state.phase == Phase::Gone {
            return Outward::Gone;
        }
        if let Some(packets) = state.waiting.pop_front() {
            state.took(packets.count, packets.bytes());
            return Outward::Send(packets);
        }
        if state.phase == Phase::Closing {
            let close = state.close.take().unwrap_or_else(|| Close::new(codes::NORMAL, ""));
            return Outward::Close(close, state.aborts);
        }
        state.wakers.outward = Some(cx.waker().clone());
        Outward::Nothing { may_read: !state.full }
    }

    /// Waits for something new to go out or for the end. False when there is nothing to send any more.
    pub fn wait_outward(&self, cx: &mut Context<'_>) -> bool {
        let mut state = self.state.lock();
        state.wakers.outward = Some(cx.waker().clone());
        state.phase != Phase::Gone && !state.aborts
    }

    /// The WebSocket has taken what it was given.
    pub fn feed(&self) {
        self.state.lock().wakers.outward();
    }
}
