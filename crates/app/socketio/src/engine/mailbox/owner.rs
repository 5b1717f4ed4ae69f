use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Mailbox;
use super::state::Phase;
use crate::engine::packet::Arrived;
use crate::engine::{Reason, Session};

/// What the owner of a session should know.
enum Inward {
    Arrived(Arrived),
    Drained,
    Gone(Reason),
}

/// Follows what comes into the mailbox of a session, on the thread that the session belongs to, until it is gone.
pub(in crate::engine) async fn own(mailbox: Arc<Mailbox>, session: Rc<Session>) {
    loop {
        match poll_fn(|cx| mailbox.next_inward(cx)).await {
            Inward::Arrived(arrived) => session.take(arrived),
            Inward::Drained => session.drained(),
            Inward::Gone(reason) => return session.gone(reason),
        }
    }
}

impl Mailbox {
    fn next_inward(&self, cx: &mut Context<'_>) -> Poll<Inward> {
        let mut state = self.state.lock();
        state.busy = false;
        // Whoever leaves is heard to the end.
        let hears = state.phase == Phase::Open || (state.phase == Phase::Gone && state.reason == Reason::Left);
        if !hears {
            state.arrived.clear();
        } else if !state.held
            // Answers wait without a limit, so nothing is taken while there is no room for one.
            && state.has_room_for(self.limits, 0, 1)
            && let Some(arrived) = state.arrived.pop_front()
        {
            state.busy = true;
            return Poll::Ready(Inward::Arrived(arrived));
        }
        if state.phase == Phase::Gone {
            return Poll::Ready(Inward::Gone(state.reason));
        }
        if state.arrived.is_empty() {
            state.wakers.poster();
            if std::mem::take(&mut state.full) {
                state.wakers.outward();
            }
        }
        if std::mem::take(&mut state.drained) {
            return Poll::Ready(Inward::Drained);
        }
        state.wakers.owner = Some(cx.waker().clone());
        Poll::Pending
    }
}
