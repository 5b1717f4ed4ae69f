//! Frames that go out past the HTTP server, and those that it has to send.
#![expect(clippy::unwrap_used, reason = "a step of a test that fails fails the test")]

mod serving;

use std::future::poll_fn;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::mpsc::{Sender, channel};
use std::task::Poll;

use actix_web::{HttpRequest, HttpResponse, rt, web};
use tenon_websocket::{Close, Limits, Link, Received, Session, frame, upgrade};

/// More than the buffers of a connection hold.
const CHUNKS: usize = 3_000;
const LIMITS: Limits = Limits {
    message: 1024,
    frames: CHUNKS,
    bytes: 64 * 1024 * 1024,
};

/// Sends numbered frames of growing length when it is asked to, from a task of its own, and says when it is done.
struct Counting(Sender<()>);

impl Session for Counting {
    fn received(&self, link: &Rc<Link>, received: Received) {
        let Received::Text(text) = received else { return };
        link.reply(frame::text(b"begin"));
        let (link, done) = (Rc::clone(link), self.0.clone());
        rt::spawn(async move {
            for number in 0..CHUNKS {
                assert!(link.push(&chunk(number), 1));
                while text == "all" && link.queued() > 0 {
                    pass().await;
                }
            }
            let close = Close::new(1013, "enough");
            if text == "all" {
                link.close(&close);
            } else {
                link.abort(&close);
            }
            let _ = done.send(());
        });
    }

    fn drained(&self, _: &Rc<Link>) {}

    fn ended(&self) {}
}

/// Lets other tasks run and is in the queue again before them, so that a frame is pushed when the client has just begun to take
/// more and the server has not yet written what it has.
async fn pass() {
    let mut passed = false;
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        if std::mem::replace(&mut passed, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

fn chunk(number: usize) -> bytes::Bytes {
    frame::text(format!("{number}:{}", "x".repeat(number * 4)).as_bytes())
}

/// Everything the server sends to a client that says this, and reads meanwhile or when nothing more will be pushed.
fn heard(say: &str) -> Vec<u8> {
    let (done, is_done) = channel();
    let count = move |request: HttpRequest, payload: web::Payload| {
        let session = Counting(done.clone());
        let answer = upgrade(&request, payload.into_inner(), LIMITS, None, |_| session);
        async { answer.unwrap_or_else(|_| HttpResponse::BadRequest().finish()) }
    };
    let mut connection = TcpStream::connect(serving::serve(count)).unwrap();
    let handshake = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut request = handshake.as_bytes().to_vec();
    request.extend([0x81, 0x80 | u8::try_from(say.len()).unwrap(), 0, 0, 0, 0]);
    request.extend(say.as_bytes());
    connection.write_all(&request).unwrap();
    if say != "all" {
        is_done.recv().unwrap();
    }
    let mut all = Vec::new();
    connection.read_to_end(&mut all).unwrap();
    let head = all.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    assert!(all.starts_with(b"HTTP/1.1 101 "));
    all.split_off(head)
}

fn close() -> bytes::Bytes {
    frame::close(Some(&Close::new(1013, "enough")))
}

#[test]
fn frames_keep_their_order_whichever_way_they_go() {
    let mut expected = frame::text(b"begin").to_vec();
    (0..CHUNKS).for_each(|number| expected.extend(chunk(number)));
    expected.extend(close());
    assert!(heard("all") == expected);
}

#[test]
fn what_is_dropped_leaves_no_part_of_a_frame_behind() {
    let heard = heard("abort");
    let mut rest = heard.strip_prefix(frame::text(b"begin").as_ref()).unwrap();
    let mut number = 0;
    while let Some(after) = rest.strip_prefix(chunk(number).as_ref()) {
        rest = after;
        number += 1;
    }
    assert_eq!(rest, close().as_ref());
    assert!(number < CHUNKS, "nothing was dropped");
}
