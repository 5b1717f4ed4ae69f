//! The protocol as the Autobahn test suite sees it. Its cases come with the Python program `kosoku`, which
//! `cargo xtask test` installs.
#![expect(clippy::unwrap_used, reason = "a step of a test that fails fails the test")]

mod serving;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::rc::Rc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use tenon_websocket::{Limits, Link, Received, Session, frame, upgrade};

/// What is not said for compression (12 and 13), which is not offered.
const CASES: usize = 301;

/// More than the largest message of the suite, which is 16 MiB.
const ROOM: usize = 64 * 1024 * 1024;

struct Echo;

impl Session for Echo {
    fn received(&self, link: &Rc<Link>, received: Received) {
        match received {
            Received::Text(text) => link.reply(frame::text(text.as_bytes())),
            Received::Binary(bytes) => link.reply(frame::binary(&bytes)),
            Received::Part | Received::Ping | Received::Pong => {}
        }
    }

    fn drained(&self, _: &Rc<Link>) {}

    fn ended(&self) {}
}

async fn echo(request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let limits = Limits {
        message: ROOM,
        bytes: ROOM,
        ..Limits::default()
    };
    upgrade(&request, payload.into_inner(), limits, None, |_| Echo).unwrap()
}

#[test]
fn every_case_of_autobahn_passes() {
    let kosoku = std::env::var_os("TENON_TEST_KOSOKU");
    let kosoku =
        kosoku.expect("TENON_TEST_KOSOKU is not set: run `cargo xtask test`, or set what `cargo xtask servers` prints");
    let address = serving::serve(echo);
    let reports = tempfile::tempdir().unwrap();
    let ran = Command::new(kosoku)
        .args(["-m", "fuzzingclient", "-x", "12.*", "-x", "13.*", "-o"])
        .arg(reports.path())
        .arg(address.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let index = std::fs::read(reports.path().join("index.json")).unwrap_or_else(|error| panic!("{error}: {said}"));
    let index: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_slice(&index).unwrap();
    let cases: Vec<(&String, &Value)> = index.values().flatten().collect();
    let passes = |behavior: &Value| {
        ["OK", "NON-STRICT", "INFORMATIONAL"]
            .iter()
            .any(|good| behavior == good)
    };
    let failed: Vec<_> = cases
        .iter()
        .filter(|(_, case)| !passes(&case["behavior"]) || !passes(&case["behaviorClose"]))
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(cases.len(), CASES, "{said}");
    let strict = cases
        .iter()
        .filter(|(_, case)| case["behavior"] == "NON-STRICT")
        .count();
    assert_eq!(strict, 0, "{strict} cases passed only if one is not strict");
}
