use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

#[cfg(test)]
mod tests;

/// Up to this many bytes are read of a body that no route wanted, so that the connection can go on.
const DRAINED: usize = 64 * 1024;

/// How long to wait for them.
const PATIENCE: Duration = Duration::from_millis(200);

/// The body of a request, watched from outside of the route.
///
/// An answer may be ready before the body was read. What is left of a small body is read and dropped. A larger or
/// slower one must end the connection, and the server closes only while somebody holds the payload: a dropped chunked
/// one it would go on reading for as long as the client pleases.
#[derive(Clone)]
pub(super) struct Upload(Rc<RefCell<Watched>>);

struct Watched {
    payload: Payload,
    ended: bool,
}

impl Upload {
    /// Watches the body of `request`, if it has one.
    pub fn watch(request: &mut ServiceRequest) -> Option<Self> {
        let payload = request.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let upload = Self(Rc::new(RefCell::new(Watched { payload, ended: false })));
        request.set_payload(Payload::Stream {
            payload: Box::pin(upload.clone()),
        });
        Some(upload)
    }

    /// Whether nothing is left of the body, after having read what little may be left.
    pub async fn drained(&mut self) -> bool {
        if self.0.borrow().ended {
            return true;
        }
        let drain = async {
            let mut read = 0;
            while let Some(Ok(bytes)) = self.next().await {
                read += bytes.len();
                if read > DRAINED {
                    return;
                }
            }
        };
        // Out of patience is the same as too much.
        let _ = timeout(PATIENCE, drain).await;
        self.0.borrow().ended
    }
}

impl Stream for Upload {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut watched = self.0.borrow_mut();
        if watched.ended {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut watched.payload).poll_next(cx);
        watched.ended = matches!(polled, Poll::Ready(None));
        polled
    }
}

/// An answer that holds the request's body until it is sent.
pub(super) struct Holding {
    pub answer: BoxBody,
    pub upload: Upload,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        debug_assert!(!self.upload.0.borrow().ended, "a body that was read needs no holding");
        Pin::new(&mut self.answer).poll_next(cx)
    }
}
