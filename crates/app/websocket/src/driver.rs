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
    linger: Option<Pin<Box<Sleep>>>,
}

impl<S: Session> Driver<S> {
    pub fn new(bypass: Bypass, socket: Socket<S>) -> Self {
        Self {
            bypass,
            taken: false,
            socket: Some(socket),
            waiting: Vec::new(),
            linger: None,
        }
    }

    /// Gathers what there is to write, up to a limit. Whether there may be more at once.
    fn gather(&mut self, cx: &mut Context<'_>) -> bool {
        while let Some(socket) = &mut self.socket {
            if self.waiting.len() >= GATHERED {
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
        let mut written = 0;
        while let Some(rest) = self.waiting.get(written..).filter(|rest| !rest.is_empty()) {
            match self.bypass.poll_write(cx, rest)? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(more) => written += more,
                Poll::Pending => {
                    // A client that always leaves something must not have all kept that it took.
                    self.waiting.drain(..written);
                    return Poll::Pending;
                }
            }
        }
        let mut emptied = mem::take(&mut self.waiting);
        if (1..=2 * GATHERED).contains(&emptied.capacity()) {
            emptied.clear();
            SPARE.set(emptied);
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::rc::Rc;

    use actix_web::dev::Payload;
    use tokio::net::TcpStream;

    use super::*;
    use crate::wire::testing::connected;
    use crate::{Decoder, Limits, Link, Received, frame};

    struct Silent;

    impl Session for Silent {
        fn received(&self, _: &Rc<Link>, _: Received) {}

        fn drained(&self, _: &Rc<Link>) {}

        fn ended(&self) {}
    }

    /// A socket whose connection is its own, as after the answer to its handshake.
    async fn driven() -> (Driver<Silent>, Rc<Link>, TcpStream) {
        let (client, bypass) = taken().await;
        let limits = Limits::default();
        let link = Rc::new(Link::new(limits, bypass.clone()));
        let decoder = Decoder::new(limits.message);
        let socket = Socket::new(Payload::None, bypass.clone(), decoder, Rc::clone(&link), Silent);
        (Driver::new(bypass, socket), link, client)
    }

    async fn taken() -> (TcpStream, Bypass) {
        use tokio::io::AsyncWrite;

        let (client, mut wire) = connected().await;
        let bypass = wire.bypass();
        bypass.claim();
        let answer = poll_fn(|cx| Pin::new(&mut wire).poll_write(cx, b"101")).await.unwrap();
        poll_fn(|cx| Pin::new(&mut wire).poll_flush(cx)).await.unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.try_read(&mut [0; 8]).unwrap(), answer);
        (client, bypass)
    }

    #[actix_web::test]
    async fn nothing_is_kept_of_what_a_client_took_that_always_leaves_something() {
        let (mut driver, link, client) = driven().await;
        let chunk = frame::text(&[b'x'; 16 * 1024]);
        let mut bytes = [0; 4 * 1024];
        let mut taken = 0;
        while taken < 128 * 1024 {
            while link.push(&chunk, 1) {}
            let readable = poll_fn(|cx| {
                assert!(Pin::new(&mut driver).poll(cx).is_pending());
                client.poll_read_ready(cx)
            });
            readable.await.unwrap();
            taken += client.try_read(&mut bytes).unwrap_or_default();
        }
        assert!(link.queued() > 0, "the client has never taken all");
        assert!(
            driver.waiting.len() < GATHERED + chunk.len(),
            "{}",
            driver.waiting.len()
        );
    }
}
