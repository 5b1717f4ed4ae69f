use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The most that is read of a connection at once.
const READ: usize = 16 * 1024;

thread_local! {
    /// Where bytes are read to before it is known how many they are. One for all sockets of a thread, so that an idle one has none.
    static READING: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ].into_boxed_slice());
}

/// A connection for the HTTP server to read and write, which a socket can take over.
///
/// The server keeps two buffers of 8 KiB and a state machine for each connection, most of what an idle socket would cost. So a socket
/// claims the connection before it answers the handshake. When the server has written the answer, it reads that nothing more comes, ends
/// what it takes for a connection, and lets go of the wire; the stream itself stays open, and is the socket's.
pub struct Wire(Rc<Stream>);

/// The way past the server. Belongs into what the server keeps of a connection (`on_connect_ext`), where
/// [`upgrade`](crate::upgrade) finds it.
#[derive(Clone)]
pub struct Bypass(Rc<Stream>);

struct Stream {
    tcp: RefCell<TcpStream>,
    owner: Cell<Owner>,
    /// The server has let go of it.
    released: Cell<bool>,
    /// Something waits to be written that nothing may overtake.
    busy: Cell<bool>,
    /// The peer sends nothing more.
    closed: Cell<bool>,
    watcher: RefCell<Option<Waker>>,
}

/// Whose the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Server,
    /// A socket's, once the server has written its answer.
    Claimed,
    /// The same, and the server has begun to write.
    Answering,
    Socket,
}

impl Wire {
    /// Takes a connection over.
    pub fn new(tcp: TcpStream) -> Self {
        Self(Rc::new(Stream {
            tcp: RefCell::new(tcp),
            owner: Cell::new(Owner::Server),
            released: Cell::new(false),
            busy: Cell::new(false),
            closed: Cell::new(false),
            watcher: RefCell::default(),
        }))
    }

    /// The way past the server.
    pub fn bypass(&self) -> Bypass {
        Bypass(Rc::clone(&self.0))
    }
}

impl Bypass {
    /// Has the server let go of the connection when it has written what it answers.
    pub(crate) fn claim(&self) {
        self.0.owner.set(Owner::Claimed);
        self.0.busy.set(true);
    }

    /// Ready when the server has let go: whether it has written its answer before, and the connection is the socket's.
    pub(crate) fn poll_taken(&self, cx: &mut Context<'_>) -> Poll<bool> {
        if self.0.released.get() {
            return Poll::Ready(self.0.owner.get() == Owner::Socket);
        }
        self.watch(cx);
        Poll::Pending
    }

    /// What has come; nothing when nothing will come any more.
    pub(crate) fn poll_read(&self, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        READING.with_borrow_mut(|reading| {
            let mut buffer = ReadBuf::new(reading);
            ready!(Pin::new(&mut *self.0.tcp.borrow_mut()).poll_read(cx, &mut buffer))?;
            Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
        })
    }

    /// Writes some of the bytes, and says how many.
    pub(crate) fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_write(cx, bytes)
    }

    /// Says that nothing more will be written.
    pub(crate) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_shutdown(cx)
    }

    /// Writes what the connection takes at once, and says how much that was.
    pub(crate) fn write(&self, bytes: &[u8]) -> usize {
        if self.0.busy.get() {
            return 0;
        }
        // Whoever writes what is left sees an error itself.
        self.0.tcp.borrow().try_write(bytes).unwrap_or_default()
    }

    /// There is something to write; nothing goes past it before [`Bypass::unblock`].
    pub(crate) fn block(&self) {
        self.0.busy.set(true);
    }

    /// All that there was is written.
    pub(crate) fn unblock(&self) {
        self.0.busy.set(false);
    }

    /// Ready when the server has read to the end of what the peer sends. It reads on while a request without a body is being
    /// answered, so whoever takes long to answer learns that nobody waits any more. One may watch at a time.
    pub fn poll_closed(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.0.closed.get() {
            return Poll::Ready(());
        }
        self.watch(cx);
        Poll::Pending
    }

    fn watch(&self, cx: &mut Context<'_>) {
        *self.0.watcher.borrow_mut() = Some(cx.waker().clone());
    }
}

impl Stream {
    fn tell_watcher(&self) {
        if let Some(watcher) = self.watcher.take() {
            watcher.wake();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.0.owner.get() == Owner::Socket {
            // What comes from here on is not for the server.
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut *self.0.tcp.borrow_mut()).poll_read(cx, buffer);
        let ended = match &read {
            Poll::Ready(Ok(())) => buffer.filled().len() == before && buffer.remaining() > 0,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if ended && !self.0.closed.replace(true) {
            self.0.tell_watcher();
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.0.owner.get() == Owner::Claimed {
            self.0.owner.set(Owner::Answering);
        }
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_write(cx, bytes)
    }

    /// The server flushes when its buffer is empty.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.0.owner.get() == Owner::Answering {
            self.0.owner.set(Owner::Socket);
            // It is to read once more, and to find the end.
            cx.waker().wake_by_ref();
        }
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.0.owner.get() == Owner::Socket {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_shutdown(cx)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.0.released.set(true);
        self.0.tell_watcher();
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use socket2::SockRef;
    use tokio::net::{TcpListener, TcpStream};

    use super::Wire;

    /// The least that a socket takes.
    const SMALL: usize = 4096;

    /// A client and what the server has of its connection, which takes little at once.
    pub async fn connected() -> (TcpStream, Wire) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        SockRef::from(&listener).set_send_buffer_size(SMALL).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        SockRef::from(&client).set_recv_buffer_size(SMALL).unwrap();
        (client, Wire::new(listener.accept().await.unwrap().0))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_fn;

    use super::testing::connected;
    use super::*;

    #[actix_web::test]
    async fn a_claimed_connection_is_the_sockets_once_the_server_has_answered() {
        let (client, mut wire) = connected().await;
        let bypass = wire.bypass();
        bypass.claim();
        // Before the server has begun to answer, it may flush what is nothing.
        poll_fn(|cx| Pin::new(&mut wire).poll_flush(cx)).await.unwrap();
        poll_fn(|cx| Pin::new(&mut wire).poll_write(cx, b"the answer, "))
            .await
            .unwrap();
        assert_eq!(bypass.write(b"too early"), 0);
        poll_fn(|cx| Pin::new(&mut wire).poll_flush(cx)).await.unwrap();
        assert_eq!(client.try_write(b"a frame").unwrap(), 7);
        let mut bytes = [0; 8];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|cx| Pin::new(&mut wire).poll_read(cx, &mut buffer))
            .await
            .unwrap();
        assert!(buffer.filled().is_empty(), "the server reads that nothing more comes");
        poll_fn(|cx| Pin::new(&mut wire).poll_shutdown(cx)).await.unwrap();
        assert_eq!(poll_fn(|cx| Poll::Ready(bypass.poll_taken(cx))).await, Poll::Pending);
        drop(wire);
        assert!(poll_fn(|cx| bypass.poll_taken(cx)).await);
        assert_eq!(poll_fn(|cx| bypass.poll_read(cx)).await.unwrap(), "a frame");
        bypass.unblock();
        assert_eq!(bypass.write(b"a frame"), 7);
        bypass.block();
        assert_eq!(bypass.write(b"too early"), 0);
        drop(bypass);
        let mut heard = Vec::new();
        while client.readable().await.is_ok() && client.try_read_buf(&mut heard).unwrap() > 0 {}
        assert_eq!(heard, b"the answer, a frame");
    }

    #[actix_web::test]
    async fn a_claimed_connection_that_the_server_gives_up_unanswered_is_nobodys() {
        let (_client, wire) = connected().await;
        let bypass = wire.bypass();
        bypass.claim();
        drop(wire);
        assert!(!poll_fn(|cx| bypass.poll_taken(cx)).await);
    }

    #[actix_web::test]
    async fn whoever_watches_learns_that_the_peer_sends_nothing_more() {
        let (client, mut wire) = connected().await;
        let bypass = wire.bypass();
        assert_eq!(client.try_write(b"a").unwrap(), 1);
        let mut bytes = [0; 8];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|cx| Pin::new(&mut wire).poll_read(cx, &mut buffer))
            .await
            .unwrap();
        assert_eq!(poll_fn(|cx| Poll::Ready(bypass.poll_closed(cx))).await, Poll::Pending);
        drop(client);
        let (read, ()) = futures_util::future::join(
            poll_fn(|cx| Pin::new(&mut wire).poll_read(cx, &mut buffer)),
            poll_fn(|cx| bypass.poll_closed(cx)),
        )
        .await;
        read.unwrap();
        assert_eq!(buffer.filled(), b"a");
    }
}
