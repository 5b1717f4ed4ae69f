use serde::Serialize;
use tenon_client::messenger::Mode;
use uuid::Uuid;

/// What happened, as a program is told: a JSON object a line, whose `event` says which of these it is.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event<'a> {
    /// The first one.
    Ready {
        user: Uuid,
        email: &'a str,
    },
    Online,
    Offline,
    People {
        people: Vec<Person<'a>>,
    },
    /// What is said from now on is for this person.
    Talking {
        user: Uuid,
        name: &'a str,
        email: &'a str,
    },
    /// A line became a message, which is on the disk.
    Queued {
        id: Uuid,
    },
    /// The server has it.
    Sent {
        id: Uuid,
    },
    Delivered {
        ids: &'a [Uuid],
        by: Uuid,
    },
    Read {
        ids: &'a [Uuid],
        by: Uuid,
    },
    NotSent {
        id: Uuid,
        code: &'a str,
        detail: &'a str,
    },
    Message {
        id: Uuid,
        from: Uuid,
        peer: Uuid,
        name: &'a str,
        at: &'a str,
        mode: Mode,
        /// An earlier process may have told of it already.
        again: bool,
        text: &'a str,
    },
    Undecryptable {
        id: Uuid,
        from: Uuid,
        name: &'a str,
        reason: &'a str,
    },
    KeysChanged {
        user: Uuid,
        name: &'a str,
        was_verified: bool,
    },
    /// A line did not become a message: the keys of the person have changed since the numbers were compared.
    Held {
        user: Uuid,
        name: &'a str,
    },
    /// Lines become messages again, without a comparison.
    Released {
        user: Uuid,
        name: &'a str,
    },
    KeyLogBroken {
        user: Uuid,
        name: &'a str,
        reason: &'a str,
    },
    KeyLogMended {
        user: Uuid,
        name: &'a str,
    },
    Safety {
        user: Uuid,
        name: &'a str,
        number: &'a str,
        verified: bool,
    },
    /// Something that was said before.
    History {
        id: Uuid,
        from: Uuid,
        name: &'a str,
        at: &'a str,
        text: &'a str,
    },
    Help,
    /// What was wished for was not done.
    Error {
        detail: &'a str,
    },
}

/// Somebody to talk to.
#[derive(Debug, Serialize)]
pub struct Person<'a> {
    pub user: Uuid,
    pub name: &'a str,
    pub email: &'a str,
}
