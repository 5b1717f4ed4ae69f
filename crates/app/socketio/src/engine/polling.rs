use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use tenon_websocket::Bypass;
use tokio::time::timeout;

use super::Reason;
use super::answer::{self, Unanswered};
use super::mailbox::Mailbox;
use super::packet::Arrived;
use super::refusal::Refusal;

/// How long what a client sends on one connection may be overtaken by what it sends on another.
const OVERTAKEN: Duration = Duration::from_millis(50);

/// Answers a poll as soon as there is something to say.
pub(super) async fn poll(mailbox: Arc<Mailbox>, request: &HttpRequest, largest: usize) -> HttpResponse {
    if let Err(refusal) = mailbox.begin_poll() {
        return refusal.response();
    }
    let mut unanswered = Unanswered::new(Arc::clone(&mailbox));
    // The packet that completes the upgrade may be under way, on another connection.
    let _ = timeout(OVERTAKEN, poll_fn(|cx| mailbox.probed(cx))).await;
    if let Err(refusal) = mailbox.go_on_polling() {
        unanswered.disarm();
        return refusal.response();
    }
    let connection = request.conn_data::<Bypass>();
    let payload = poll_fn(|cx| {
        if let Poll::Ready(payload) = mailbox.answer_poll(cx, largest) {
            return Poll::Ready(Some(payload));
        }
        match connection {
            Some(connection) => connection.poll_closed(cx).map(|()| None),
            None => Poll::Pending,
        }
    })
    .await;
    match payload {
        Some(payload) => answer::payload(payload, Some(unanswered)),
        None => Refusal::UnknownSid.response(),
    }
}

/// Lets the next post come.
struct Posting(Arc<Mailbox>);

impl Drop for Posting {
    fn drop(&mut self) {
        self.0.end_post();
    }
}

/// Answers a post when all of its packets were followed.
pub(super) async fn post(
    mailbox: Arc<Mailbox>,
    request: &HttpRequest,
    payload: Payload,
    largest: usize,
) -> HttpResponse {
    if let Err(refusal) = mailbox.begin_post() {
        return refusal.response();
    }
    let posting = Posting(Arc::clone(&mailbox));
    let packets = match read(&mailbox, request, payload, largest).await {
        Ok(body) => Arrived::parse_payload(body).map_err(|_| Refusal::BadRequest),
        Err(refusal) => Err(refusal),
    };
    let packets = match packets {
        Ok(packets) => packets,
        Err(refusal) => {
            mailbox.end(Reason::Violation);
            return refusal.response();
        }
    };
    if packets.contains(&Arrived::Close) {
        // Both are under way at once, on two connections.
        let _ = timeout(OVERTAKEN, poll_fn(|cx| mailbox.polled(cx))).await;
    }
    mailbox.arrive(packets);
    let followed = poll_fn(|cx| mailbox.followed(cx)).await;
    drop(posting);
    match followed {
        Err(Reason::Violation) => Refusal::BadRequest.response(),
        Ok(()) | Err(_) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/html"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body("ok"),
    }
}

/// Reads a body that is not larger than it may be, as long as the session lives.
async fn read(mailbox: &Mailbox, request: &HttpRequest, payload: Payload, largest: usize) -> Result<Vec<u8>, Refusal> {
    // Bytes are sent as text, in Base64.
    if request.content_type() == "application/octet-stream" {
        return Err(Refusal::BadRequest);
    }
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > largest) {
        return Err(Refusal::TooLarge);
    }
    let mut payload = pin!(payload);
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(16 * 1024));
    loop {
        let chunk = poll_fn(|cx| match mailbox.ended(cx) {
            Poll::Ready(()) => Poll::Ready(Err(Refusal::UnknownSid)),
            Poll::Pending => payload.poll_next_unpin(cx).map(Ok),
        })
        .await?;
        match chunk {
            None => return Ok(body),
            Some(Err(_)) => return Err(Refusal::BadRequest),
            Some(Ok(chunk)) if body.len() + chunk.len() > largest => return Err(Refusal::TooLarge),
            Some(Ok(chunk)) => body.extend_from_slice(&chunk),
        }
    }
}
