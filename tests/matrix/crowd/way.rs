//! The way of one client to the instances.

use std::net::SocketAddr;
use std::time::Duration;

use tenon_tests::app::{Answer, Call, Client, Person, Socket};
use tokio::time::{Instant, sleep, timeout};

use super::{PATIENCE, Stop};

/// After so long without an answer a client gives up the connection.
const ANSWER: Duration = Duration::from_secs(6);

/// With what a server closes a connection that fails, has to go, is read too slowly, or shows no sign of life.
const CODES: [u16; 4] = [1011, 1012, 1013, 4408];

const AGAIN: Duration = Duration::from_millis(20);

/// The proxies of one or more instances, of which it takes the next one when one fails.
#[derive(Clone)]
pub struct Way<P> {
    who: Vec<P>,
    next: usize,
}

impl<P> Way<P> {
    /// Begins with this one of them.
    pub const fn over(who: Vec<P>, next: usize) -> Self {
        Self { who, next }
    }

    pub fn here(&self) -> &P {
        &self.who[self.next % self.who.len()]
    }

    pub const fn turn(&mut self) {
        self.next += 1;
    }

    /// The answer to a request, or nothing when there is none or it says that it may be so later.
    pub async fn ask(&mut self, call: impl AsyncFnOnce(&P) -> Option<Answer>) -> Option<Answer> {
        let answer = timeout(ANSWER, call(self.here())).await.ok().flatten();
        match answer {
            Some(answer) if !is_for_now(&answer) => Some(answer),
            _ => {
                self.turn();
                sleep(AGAIN).await;
                None
            }
        }
    }

    /// Asks until there is an answer.
    pub async fn answer(&mut self, call: impl Fn(&P) -> Call) -> Answer {
        let begin = Instant::now();
        loop {
            if let Some(answer) = self.ask(async |who| call(who).try_send().await).await {
                return answer;
            }
            assert!(begin.elapsed() < PATIENCE, "no answer");
        }
    }
}

impl Way<Person> {
    /// Opens a socket at the next instance that lets one in, and takes its welcome.
    pub async fn socket(&mut self) -> Socket {
        let begin = Instant::now();
        loop {
            let opened = timeout(ANSWER, open(self.here())).await;
            if let Ok(Some(socket)) = opened {
                return socket;
            }
            self.turn();
            assert!(begin.elapsed() < PATIENCE, "not let in");
            sleep(AGAIN).await;
        }
    }
}

async fn open(person: &Person) -> Option<Socket> {
    let may_refuse = |answer: &Answer| assert!(is_for_now(answer), "{}: {}", answer.status, answer.text());
    person
        .try_socket(person.server_address(), "/api/ws", may_refuse, &CODES)
        .await
}

/// What comes next over a socket, or nothing when the connection ended or nothing came for long.
pub async fn next(socket: &mut Socket) -> Option<serde_json::Value> {
    match timeout(ANSWER, socket.next_or_end()).await {
        Ok(Ok(frame)) => Some(frame),
        Ok(Err(ended)) => {
            ended.assert_expected(&CODES);
            None
        }
        Err(_) => None,
    }
}

/// Whether an answer says that the same request may be answered in another way later.
fn is_for_now(answer: &Answer) -> bool {
    match answer.status {
        503 | 408 => true,
        409 => answer.text().contains("idempotency_in_progress"),
        _ => false,
    }
}

/// Whether it is time to stop.
pub fn is_over(stop: &Stop) -> bool {
    *stop.borrow()
}

/// Somebody without a token, over the proxy of each instance.
pub fn strangers(anyone: &Client, proxies: impl Iterator<Item = SocketAddr>) -> Vec<Client> {
    proxies.map(|proxy| anyone.by_way_of(proxy)).collect()
}
