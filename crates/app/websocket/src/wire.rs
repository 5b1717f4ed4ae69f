use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection for the HTTP server to read and write, on which a socket can also write past the server.
///
/// The way through the server costs a turn of the connection's task and a copy into the server's buffer, which keeps its size.
/// So it is only taken when the server has something to write itself, or the client takes nothing.
pub struct Wire(Rc<Stream>);

/// The way past the server. Belongs into what the server keeps of a connection (`on_connect_ext`), where
/// [`upgrade`](crate::upgrade) finds it.
#[derive(Clone)]
pub struct Bypass(Rc<Stream>);

struct Stream {
    tcp: RefCell<TcpStream>,
    /// The server may have something that it has not written.
    busy: Cell<bool>,
    /// The peer sends nothing more.
    closed: Cell<bool>,
    watcher: RefCell<Option<Waker>>,
}

impl Wire {
    /// Takes a connection over.
    pub fn new(tcp: TcpStream) -> Self {
        Self(Rc::new(Stream {
            tcp: RefCell::new(tcp),
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
    /// Writes what the connection takes at once, and says how much that was.
    pub(crate) fn write(&self, bytes: &[u8]) -> usize {
        if self.0.busy.get() {
            return 0;
        }
        // The server sees an error itself when it writes what is left.
        self.0.tcp.borrow().try_write(bytes).unwrap_or_default()
    }

    /// Ready when the server has read to the end of what the peer sends. It reads on while a request without a body is being
    /// answered, so whoever takes long to answer learns that nobody waits any more. One may watch at a time.
    pub fn poll_closed(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.0.closed.get() {
            return Poll::Ready(());
        }
        *self.0.watcher.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }

    /// The server was given something to write; nothing goes past it before it has done so.
    pub(crate) fn block(&self) {
        self.0.busy.set(true);
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut *self.0.tcp.borrow_mut()).poll_read(cx, buffer);
        let ended = match &read {
            Poll::Ready(Ok(())) => buffer.filled().len() == before && buffer.remaining() > 0,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if ended
            && !self.0.closed.replace(true)
            && let Some(watcher) = self.0.watcher.take()
        {
            watcher.wake();
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.busy.set(true);
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_write(cx, bytes)
    }

    /// The server flushes when its buffer is empty.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.busy.set(false);
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.busy.set(true);
        Pin::new(&mut *self.0.tcp.borrow_mut()).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_fn;
    use tokio::net::TcpListener;

    use super::*;

    #[actix_web::test]
    async fn nothing_goes_past_the_server_before_it_has_flushed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut wire = Wire::new(listener.accept().await.unwrap().0);
        let bypass = wire.bypass();
        poll_fn(|cx| Pin::new(&mut wire).poll_write(cx, b"the server's, "))
            .await
            .unwrap();
        assert_eq!(bypass.write(b"too early"), 0);
        poll_fn(|cx| Pin::new(&mut wire).poll_flush(cx)).await.unwrap();
        assert_eq!(bypass.write(b"a frame"), 7);
        bypass.block();
        assert_eq!(bypass.write(b"too early"), 0);
        drop((wire, bypass));
        let mut heard = Vec::new();
        while client.readable().await.is_ok() && client.try_read_buf(&mut heard).unwrap() > 0 {}
        assert_eq!(heard, b"the server's, a frame");
    }

    #[actix_web::test]
    async fn whoever_watches_learns_that_the_peer_sends_nothing_more() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut wire = Wire::new(listener.accept().await.unwrap().0);
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
