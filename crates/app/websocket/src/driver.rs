use std::cell::Cell;
use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use crate::socket::Socket;
use crate::{Bypass, Session};

/// So much is gathered for one write, and no more is asked for while so much waits.
const GATHERED: usize = 32 * 1024;

/// How long the client has to take what is left when the socket is over.
const LINGER: Duration = Duration::from_secs(60);

thread_local! {
    /// What is gathered into while nothing of another socket waits in it, so that an idle one has no buffer.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The task of a socket: waits until the server has let go of the connection, then writes what the socket has to say.
pub(crate) struct Driver<S: Session> {
    bypass: Bypass,
    taken: bool,
    /// Nothing once it is over.
    socket: Option<Socket<S>>,
    waiting: Vec<u8>,
    /// How many of these bytes are written.
    written: usize,
    linger: Option<Pin<Box<Sleep>>>,
}

impl<S: Session> Driver<S> {
    pub fn new(bypass: Bypass, socket: Socket<S>) -> Self {
        Self {
            bypass,
            taken: false,
            socket: Some(socket),
            waiting: Vec::new(),
            written: 0,
            linger: None,
        }
    }

    /// Gathers what there is to write, up to a limit. Whether there may be more at once.
    fn gather(&mut self, cx: &mut Context<'_>) -> bool {
        while let Some(socket) = &mut self.socket {
            if self.waiting.len() - self.written >= GATHERED {
                return true;
            }
            match socket.poll_next(cx) {
                Poll::Ready(Some(chunk)) => {
                    if self.waiting.capacity() == 0 {
                        self.waiting = SPARE.take();
                    }
                    self.waiting.extend_from_slice(&chunk);
                }
                Poll::Ready(None) => self.socket = None,
                Poll::Pending => return false,
            }
        }
        false
    }

    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.waiting.get(self.written..).filter(|rest| !rest.is_empty()) {
            match ready!(self.bypass.poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
        }
        self.waiting.clear();
        self.written = 0;
        if self.waiting.capacity() <= 2 * GATHERED {
            SPARE.set(mem::take(&mut self.waiting));
        } else {
            self.waiting = Vec::new();
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when the client has had its time to take what is left.
    fn poll_lingered(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let linger = self.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        linger.as_mut().poll(cx)
    }
}

impl<S: Session> Future for Driver<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if !this.taken {
            if !ready!(this.bypass.poll_taken(cx)) {
                return Poll::Ready(());
            }
            this.taken = true;
        }
        loop {
            let more = this.gather(cx);
            match this.poll_written(cx) {
                Poll::Ready(Ok(())) if more => {}
                Poll::Ready(Ok(())) if this.socket.is_some() => {
                    this.bypass.unblock();
                    return Poll::Pending;
                }
                Poll::Ready(Ok(())) => return this.bypass.poll_shutdown(cx).map(drop),
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending if this.socket.is_none() => return this.poll_lingered(cx),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<S: Session> Unpin for Driver<S> {}
