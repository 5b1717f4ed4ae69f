//! More clients than can be served.

use std::time::Duration;

use tenon_tests::app::{PASSWORD, Setup};
use tenon_tests::race::race;
use tokio::net::TcpStream;

use crate::wire::{Outcome, Wire, get};
use tenon_tests::waiting::{timed, until};

const LOGINS: usize = 200;
const CONNECTIONS: usize = 2_000;

/// Generous, for a machine that is busy with the logins.
const PROMPT: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_logins_is_partly_refused_and_keeps_nobody_else_waiting() {
    let options = Setup::SqliteAlone
        .options()
        .default_limits()
        .limits(1_000_000, 1_000_000);
    let app = options.set("TENON__AUTH__HASHING_QUEUE", "32").start().await;
    let ada = app.register("ada").await;
    let logins: Vec<_> = (0..LOGINS)
        .map(|_| {
            let (anyone, email) = (ada.without_token(), ada.email.clone());
            async move { anyone.login(&email, PASSWORD).await }
        })
        .collect();
    let flood = tokio::spawn(race(logins));
    let (mut slowest, mut asked) = (Duration::ZERO, 0);
    while !flood.is_finished() || asked < 10 {
        let (answer, time) = timed(app.anonymous().health()).await;
        answer.expect(200);
        ada.me().await.expect(200);
        (slowest, asked) = (slowest.max(time), asked + 1);
    }
    assert!(slowest < PROMPT, "health took {slowest:?}");
    let (mut signed_in, mut refused) = (0, 0);
    for answer in flood.await.unwrap() {
        if answer.status == 200 {
            signed_in += 1;
        } else {
            let problem = answer.problem(503, "busy");
            let wait: u64 = problem.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..60).contains(&wait), "{wait}");
            refused += 1;
        }
    }
    assert!(signed_in > 0 && refused > 0, "{signed_in} signed in, {refused} refused");
    ada.sign_in().await;
    eprintln!("{signed_in} signed in, {refused} refused; the slowest of {asked} answers of health took {slowest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_connections_that_come_and_go_leave_nothing_behind() {
    let app = Setup::SqliteAlone.start().await;
    let address = app.address();
    for _ in 0..CONNECTIONS / 100 {
        let connections = (0..100).map(|number| async move {
            if number % 2 == 0 {
                drop(TcpStream::connect(address).await.unwrap());
                return;
            }
            let mut wire = Wire::open(address).await.unwrap();
            let asked = wire.ask(&get("/api/health/live")).await;
            assert!(matches!(asked, Outcome::Answered(whole) if whole.status == 200));
        });
        race(connections).await;
    }
    app.anonymous().health().await.expect(200);
    let files = || std::fs::read_dir(format!("/proc/{}/fd", app.pid())).unwrap().count();
    until("the sockets close", Duration::from_secs(5), async || files() < 60).await;
}
