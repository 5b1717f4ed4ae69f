//! The ways in which a client comes to its mailbox.

use std::net::SocketAddr;
use std::time::Duration;

use tenon_tests::app::{Answer, Person, Socket};
use tokio::time::{Instant, sleep};

/// How soon a client tries again when nobody lets it in.
const AGAIN: Duration = Duration::from_millis(20);

/// Far more than it takes to be let in again.
const PATIENCE: Duration = Duration::from_secs(20);

/// With what a server closes a connection that fails, or that has to go.
pub const CODES: [u16; 2] = [1011, 1012];

/// Instances that one connects to in turn.
#[derive(Clone)]
pub struct Doors {
    people: Vec<Person>,
    /// Connections go through there.
    through: Option<SocketAddr>,
    device: u64,
    next: usize,
}

impl Doors {
    /// The same person on one instance or on several.
    pub fn of(people: Vec<Person>) -> Self {
        Self {
            people,
            through: None,
            device: 0,
            next: 0,
        }
    }

    /// Connections go through this address.
    #[must_use]
    pub fn through(self, address: SocketAddr) -> Self {
        let through = Some(address);
        Self { through, ..self }
    }

    /// Begins with this one of them.
    #[must_use]
    pub fn from(self, next: usize) -> Self {
        Self { next, ..self }
    }

    /// As one of the user's devices.
    #[must_use]
    pub fn at_device(self, device: u64) -> Self {
        Self { device, ..self }
    }

    /// Whose they are.
    pub fn person(&self) -> &Person {
        &self.people[0]
    }

    /// 0 without one.
    pub const fn device(&self) -> u64 {
        self.device
    }

    /// Connects to the next instance that lets one in, and takes its welcome.
    pub async fn open(&mut self) -> Socket {
        let begin = Instant::now();
        loop {
            let person = &self.people[self.next % self.people.len()];
            self.next += 1;
            if let Some(socket) = self.attempt(person).await {
                return socket;
            }
            assert!(begin.elapsed() < PATIENCE, "not let in");
            sleep(AGAIN).await;
        }
    }

    async fn attempt(&self, person: &Person) -> Option<Socket> {
        let address = self.through.unwrap_or_else(|| person.server_address());
        let path = format!("/api/ws?device={}", self.device);
        let may_refuse = |answer: &Answer| drop(answer.problem(503, "unavailable"));
        person.try_socket(address, &path, may_refuse, &CODES).await
    }
}
