use tenon_tests::app::{Options, Person};
use tenon_tests::race::race;
use tenon_tests::waiting::until;
use tokio::net::TcpStream;

use crate::lines::exchange_over;
use crate::siege::{PATIENCE, Siege, options};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CONTINUATION: u8 = 0;
const PING: u8 = 9;
const PONG: u8 = 10;

/// In the byte of the length.
const MASKED: u8 = 0x80;

/// Sockets that flood at once.
const SOCKETS: usize = 20;

/// A socket that floods holds what its connection's buffers hold, and a message of 64 KiB.
const GROWTH: u64 = 48;

fn many() -> Options {
    options().set("TENON__SOCKETS__PER_USER", "1000")
}

/// A frame with a mask of zeros, whose length is written in these bytes.
fn framed(opcode: u8, is_final: bool, length: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut frame = [&[u8::from(is_final) << 7 | opcode], length, &[0; 4], payload].concat();
    frame[1] |= MASKED;
    frame
}

/// A frame whose payload may have another length than it says.
fn frame(opcode: u8, is_final: bool, announced: u64, payload: &[u8]) -> Vec<u8> {
    let length = [&[127], announced.to_be_bytes().as_slice()].concat();
    framed(opcode, is_final, &length, payload)
}

/// A frame whose length is written in as few bytes as the protocol wants.
fn short(opcode: u8, is_final: bool, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).ok().filter(|length| *length < 126).unwrap();
    framed(opcode, is_final, &[length], payload)
}

/// The same in three bytes.
fn middle(opcode: u8, is_final: bool, payload: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(payload.len()).unwrap().to_be_bytes();
    framed(opcode, is_final, &[126, high, low], payload)
}

async fn opened(person: &Person) -> TcpStream {
    person.socket().await.into_inner()
}

/// The code of the close frame that these bytes end with.
fn code(bytes: &[u8]) -> Option<u16> {
    let start = bytes
        .windows(2)
        .rposition(|pair| pair[0] == 0x88 && usize::from(pair[1]) < 126)?;
    Some(u16::from_be_bytes([*bytes.get(start + 2)?, *bytes.get(start + 3)?]))
}

/// Sends all of it on so many sockets at once, and answers the codes with which they are closed. A code may be lost when the server
/// closes while more comes; not all of them are.
async fn closed(siege: &Siege, flood: &[u8], what: &str) -> Vec<u16> {
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(opened(&siege.ada).await);
    }
    let sockets = sockets.into_iter().map(|stream| {
        let flood = flood.to_owned();
        async move { exchange_over(stream, &flood).await }
    });
    let codes: Vec<u16> = race(sockets.collect::<Vec<_>>())
        .await
        .iter()
        .filter_map(|received| code(received))
        .collect();
    assert!(!codes.is_empty(), "{what}: no socket was told why it is closed");
    codes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_are_too_large_end_sockets_before_they_take_memory() {
    let siege = Siege::begin(many()).await;
    let junk = vec![b'a'; 60_000];
    let fragments = [middle(BINARY, false, &junk), middle(CONTINUATION, false, &junk)].concat();
    for (what, flood, expected) in [
        ("300 MiB", frame(BINARY, true, 300 << 20, &junk), 1009),
        ("2^63 - 1 bytes", frame(TEXT, true, i64::MAX as u64, &junk), 1009),
        ("a length with the topmost bit", frame(TEXT, true, 1 << 63, &junk), 1002),
        (
            "a length in more bytes than it needs",
            frame(BINARY, true, 60_000, &junk),
            1002,
        ),
        ("two fragments of 60,000 bytes", fragments, 1009),
        ("a ping of 65,536 bytes", frame(PING, true, 65_536, &junk), 1002),
    ] {
        let codes = closed(&siege, &flood, what).await;
        assert!(codes.iter().all(|code| *code == expected), "{what}: {codes:?}");
    }
    siege
        .end(
            "120 sockets that announce up to 2^63 bytes, or send too many in pieces",
            "closed by the header, 1009 or 1002",
            GROWTH,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_frames_end_the_sockets_that_send_them() {
    let siege = Siege::begin(many()).await;
    for (what, one, expected) in [
        ("frames", short(TEXT, true, br#"{"type":"ping"}"#), [4429, 4429]),
        ("frames that are wrong", short(TEXT, true, b"?"), [4400, 4429]),
        ("pings", short(PING, true, b"there?"), [4429, 4429]),
        ("pongs", short(PONG, true, b""), [4429, 4429]),
        ("empty messages", short(BINARY, true, b""), [4400, 4429]),
    ] {
        let codes = closed(&siege, &one.repeat(50_000), what).await;
        assert!(codes.iter().all(|code| expected.contains(code)), "{what}: {codes:?}");
    }
    let first = short(TEXT, false, b"");
    let fragments = [first, short(CONTINUATION, false, b"").repeat(50_000)].concat();
    let codes = closed(&siege, &fragments, "empty fragments").await;
    assert!(codes.iter().all(|code| *code == 4429), "{codes:?}");
    siege
        .end(
            "120 sockets with 50,000 frames, pings, pongs or empty fragments each",
            "4429 or 4400",
            GROWTH,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_open_and_close_in_a_flood_leave_no_place_taken() {
    let siege = Siege::begin(options()).await;
    let bob = siege.app.register("bob").await;
    let opens = (0..300).map(|number| {
        let bob = bob.clone();
        async move {
            let mut socket = bob.raw_socket().await;
            match number % 3 {
                0 => drop(socket.next_or_end().await),
                1 => drop(socket.into_inner()),
                _ => drop(socket),
            }
        }
    });
    race(opens.collect::<Vec<_>>()).await;
    // The server may still be about to notice that some are gone.
    let mut places = Vec::new();
    until("five places are free", PATIENCE, async || {
        let mut socket = bob.raw_socket().await;
        if socket.next_or_end().await.is_ok() {
            places.push(socket);
        }
        places.len() == 5
    })
    .await;
    siege
        .end(
            "300 sockets of one user that open and close at once",
            "4409 beyond five; then all places are free",
            GROWTH,
        )
        .await;
}
