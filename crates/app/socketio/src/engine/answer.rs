use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header;
use bytes::Bytes;

use super::mailbox::Mailbox;

/// Ends the session of a poll whose answer is dropped before it is written: its packets cannot be sent again.
pub(super) struct Unanswered(Option<Arc<Mailbox>>);

impl Unanswered {
    pub fn new(mailbox: Arc<Mailbox>) -> Self {
        Self(Some(mailbox))
    }

    /// It is answered, or needs no answer.
    pub fn disarm(&mut self) {
        self.0 = None;
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(mailbox) = self.0.take() {
            mailbox.cancel_poll();
        }
    }
}

struct Answer {
    payload: Option<Bytes>,
    unanswered: Option<Unanswered>,
}

/// Answers with a payload.
pub(super) fn payload(payload: Bytes, unanswered: Option<Unanswered>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=UTF-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(Answer {
            payload: Some(payload),
            unanswered,
        })
}

impl MessageBody for Answer {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        let length = self.payload.as_ref().map_or(0, Bytes::len);
        BodySize::Sized(u64::try_from(length).unwrap_or(u64::MAX))
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let this = self.get_mut();
        if let Some(unanswered) = &mut this.unanswered {
            unanswered.disarm();
        }
        Poll::Ready(this.payload.take().map(Ok))
    }
}
