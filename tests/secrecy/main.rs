//! The server cannot read what people write: the text of a thousand messages in each mode, exchanged by real clients, is nowhere in
//! its files, its dumps, its log and its memory.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step of a test that fails fails the test; figures are shown when it is run with --nocapture"
)]

mod entrusted;
mod search;
mod talk;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tenon_tests::app::{Options, Setup};
use uuid::Uuid;

use search::{Needles, memory};
use talk::Talk;

/// In each mode, half of them in each direction.
const MESSAGES: usize = 1_000;

fn options(setup: Setup) -> Options {
    setup
        .options()
        .set("TENON__LOG__LEVEL", "trace")
        .set("TENON__LIMITS__MESSAGES_PER_SECOND", "100000")
}

/// What is searched for in vain, and by the same search something that is there, so that it is known to find.
async fn nothing_is_found(setup: Setup) {
    let app = options(setup).start().await;
    let marker = format!("attack-at-dawn-{}", Uuid::new_v4().simple());
    let talk = Talk::begin(&app).await;
    for simple_only in [true, false] {
        let texts = talk.exchange(&app, simple_only, &marker, MESSAGES / 2).await;
        assert_eq!(texts, MESSAGES);
    }
    let secret = Needles::of(marker.as_bytes());
    let content = talk.some_ciphertext().await;
    let ciphertext = Needles::of(&BASE64_STANDARD.decode(content).unwrap());
    let places = app.kept().await;
    let mut bytes = 0;
    for (name, text) in &places {
        bytes += text.len();
        assert_eq!(secret.count(text), 0, "{name} shows what was written");
    }
    let kept = places.iter().filter(|(_, text)| ciphertext.count(text) > 0).count();
    assert!(kept > 0, "the search finds what is kept");
    let (log, claims) = (&places[0].1, Needles::of(b"/api/keys/claim"));
    assert!(claims.count(log) > 0, "the search finds what is logged");
    assert_eq!(ciphertext.count(log), 0, "the log shows ciphertext");
    let known = Needles::of(talk.address().as_bytes());
    let (mut searched, mut found) = (0, 0);
    memory(app.pid(), |part| {
        searched += part.len();
        found += known.count(part);
        assert_eq!(secret.count(part), 0, "the memory of the server shows what was written");
    });
    assert!(found > 0, "the search finds what is in the memory");
    eprintln!(
        "searched {bytes} bytes in {} places and {searched} bytes of memory",
        places.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_what_people_write_is_in_what_the_server_keeps_on_sqlite() {
    nothing_is_found(Setup::SqliteAlone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_what_people_write_is_in_what_the_server_keeps_on_postgres() {
    nothing_is_found(Setup::PostgresWithRedis).await;
}
