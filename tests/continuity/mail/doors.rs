//! The ways in which a client comes to its mailbox.

use std::net::SocketAddr;
use std::time::Duration;

use tenon_tests::app::{Ended, Person, Socket};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// How soon a client tries again when nobody lets it in.
const AGAIN: Duration = Duration::from_millis(20);

/// Far more than it takes to be let in again.
const PATIENCE: Duration = Duration::from_secs(20);

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
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).unwrap();
        let bearer = format!("Bearer {}", person.token());
        let path = format!("/api/ws?device={}", self.device);
        let headers = [("authorization", bearer.as_str())];
        let mut socket = match person.try_handshake_over(stream, &path, &headers).await? {
            Ok(socket) => socket,
            Err(answer) => {
                answer.problem(503, "unavailable");
                return None;
            }
        };
        match socket.next_or_end().await {
            Ok(welcome) => {
                assert_eq!(welcome["type"], "welcome", "{welcome}");
                Some(socket)
            }
            Err(ended) => {
                assert_expected(&ended);
                None
            }
        }
    }
}

/// Fails when a connection ended in a way that no client has to expect.
pub fn assert_expected(ended: &Ended) {
    assert!(
        matches!(ended, Ended::Broken | Ended::Closed(1011 | 1012, _)),
        "{ended:?}"
    );
}
