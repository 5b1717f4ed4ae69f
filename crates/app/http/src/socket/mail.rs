//! Brings what is in a mailbox. What a socket gets comes from the store, in order and after what its device acknowledged; that
//! something is new only wakes it, so that no way in which such a sign is lost loses a message.

mod rounds;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use actix_web::rt;
use bytes::BytesMut;
use tenon_kernel::{Limit, UserId};
use tenon_messages::{DeviceId, ReadMailError, Reading, Seq};

use super::connection::Connection;
use super::frames;
use super::hub::Hub;
use super::stock::Stock;

/// Entries that a socket is sent before it has to acknowledge some.
const WINDOW: usize = 256;

/// Bytes that are sent together.
const BYTES: usize = 32 * 1024;

/// A socket's part of its user's mailbox.
pub(crate) struct Mail {
    pub device: DeviceId,
    pace: Cell<Pace>,
    /// Everything up to there was sent, or is not for this socket.
    reached: Cell<Seq>,
    /// What was sent and not acknowledged.
    unacknowledged: RefCell<VecDeque<Seq>>,
    /// Something came while the store was asked.
    again: Cell<bool>,
    pub(super) stock: Cell<Stock>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// The socket is not welcomed yet, and nothing comes before that.
    Early,
    /// Where to begin is not known yet.
    Closed,
    /// The store is asked where to begin.
    Opening,
    /// The device is not the user's.
    Refused,
    /// Waits for something new, for room, or for acknowledgements.
    Waiting,
    /// The store is asked.
    Fetching,
}

impl Mail {
    pub fn new(device: DeviceId) -> Self {
        Self {
            device,
            pace: Cell::new(Pace::Early),
            reached: Cell::new(Seq::START),
            unacknowledged: RefCell::default(),
            again: Cell::new(false),
            stock: Cell::new(Stock::Told),
        }
    }

    /// Up to where to acknowledge when the client acknowledges so much: also what is not for it and follows at once.
    pub fn acknowledged(&self, up_to: Seq) -> Seq {
        self.drop_acknowledged(up_to);
        if self.unacknowledged.borrow().is_empty() {
            up_to.max(self.reached.get())
        } else {
            up_to
        }
    }

    /// The device is gone: nothing more comes.
    pub fn refuse(&self) {
        self.pace.set(Pace::Refused);
    }

    /// Makes room: everything up to there is acknowledged.
    fn drop_acknowledged(&self, up_to: Seq) {
        let mut waiting = self.unacknowledged.borrow_mut();
        while waiting.front().is_some_and(|seq| *seq <= up_to) {
            waiting.pop_front();
        }
    }

    fn room(&self) -> usize {
        WINDOW.saturating_sub(self.unacknowledged.borrow().len())
    }
}

impl Hub {
    /// Something may be new in a mailbox of the user.
    pub(super) fn mail(self: &Rc<Self>, user: UserId) {
        let sockets = self.mailboxes.borrow().get(&user).cloned().unwrap_or_default();
        for connection in sockets {
            self.look_for_mail(&connection);
        }
    }

    /// Begins to bring the socket its mail.
    pub(super) fn open_mail(self: &Rc<Self>, connection: &Rc<Connection>) {
        // Whoever is gone already is not closed again.
        if !connection.outlet.is_open() {
            return;
        }
        let user = connection.member.get().user;
        let mut mailboxes = self.mailboxes.borrow_mut();
        let sockets = mailboxes.entry(user).or_insert_with(|| {
            self.inbox.expect_mail(user);
            Vec::new()
        });
        sockets.push(Rc::clone(connection));
        drop(mailboxes);
        connection.mail.pace.set(Pace::Closed);
        self.look_for_mail(connection);
    }

    /// The socket is gone.
    pub(super) fn close_mail(&self, connection: &Rc<Connection>) {
        let user = connection.member.get().user;
        let mut mailboxes = self.mailboxes.borrow_mut();
        if let Some(sockets) = mailboxes.get_mut(&user) {
            sockets.retain(|other| !Rc::ptr_eq(other, connection));
            if sockets.is_empty() {
                mailboxes.remove(&user);
                self.inbox.ignore_mail(user);
            }
        }
    }

    /// Sends what is new, unless that goes on already.
    pub(super) fn look_for_mail(self: &Rc<Self>, connection: &Rc<Connection>) {
        let mail = &connection.mail;
        match mail.pace.get() {
            Pace::Early | Pace::Refused => {}
            Pace::Fetching | Pace::Opening => mail.again.set(true),
            Pace::Closed => {
                mail.pace.set(Pace::Opening);
                rt::spawn(open(Rc::clone(self), Rc::clone(connection)));
            }
            Pace::Waiting => {
                if mail.room() > 0 && connection.outlet.is_open() && connection.outlet.has_drained() {
                    mail.pace.set(Pace::Fetching);
                    rt::spawn(fetch(Rc::clone(self), Rc::clone(connection)));
                }
            }
        }
    }
}

async fn open(hub: Rc<Hub>, connection: Rc<Connection>) {
    let mail = &connection.mail;
    match hub.api.messages.cursor(&connection.member.get(), mail.device).await {
        Ok(cursor) => {
            mail.reached.set(cursor);
            mail.pace.set(Pace::Waiting);
            hub.look_for_mail(&connection);
            hub.tell_stock(&connection);
        }
        Err(ReadMailError::UnknownDevice) => {
            mail.pace.set(Pace::Refused);
            let error = frames::error(
                None,
                "device_not_found",
                "You have no such device: it gets no messages.",
            );
            if let Some(link) = connection.outlet.native() {
                link.reply(error);
            }
        }
        // The hub's tick tries again.
        Err(ReadMailError::Unavailable(_)) => mail.pace.set(Pace::Closed),
    }
}

/// Sends what there is until there is no more, no room, or too much that is not acknowledged.
async fn fetch(hub: Rc<Hub>, connection: Rc<Connection>) {
    let mail = &connection.mail;
    loop {
        mail.again.set(false);
        let most = u64::try_from(mail.room()).unwrap_or(0).min(u64::from(Limit::MAX));
        let Ok(limit) = Limit::new(most) else { break };
        let member = connection.member.get();
        let reading = hub
            .api
            .messages
            .after(&member, mail.device, mail.reached.get(), limit)
            .await;
        // The hub looks again by itself.
        let Ok(reading) = reading else { break };
        // The device may have been refused meanwhile.
        if mail.pace.get() != Pace::Fetching {
            break;
        }
        if !connection.outlet.is_open() || !hub.still_stands(&connection) || !send(&hub, &connection, &reading) {
            break;
        }
        if !(reading.more || mail.again.get()) || !connection.outlet.has_drained() {
            break;
        }
    }
    if mail.pace.get() == Pace::Fetching {
        mail.pace.set(Pace::Waiting);
    }
}

/// False when not all found room.
fn send(hub: &Rc<Hub>, connection: &Rc<Connection>, reading: &Reading) -> bool {
    let (mail, Some(link)) = (&connection.mail, connection.outlet.native()) else {
        return false;
    };
    let (mut chunk, mut seqs) = (BytesMut::new(), Vec::new());
    let session = connection.member.get().session;
    let mut entries = reading
        .entries
        .iter()
        .filter(|entry| !entry.is_copy_for(session))
        .peekable();
    while let Some(entry) = entries.next() {
        chunk.extend_from_slice(&frames::entry(entry));
        seqs.push(entry.seq);
        if chunk.len() < BYTES && entries.peek().is_some() {
            continue;
        }
        if !link.push(&chunk.split().freeze(), seqs.len()) {
            return false;
        }
        hub.sockets.metrics.mail.inc_by(u64::try_from(seqs.len()).unwrap_or(0));
        mail.reached.set(entry.seq);
        mail.unacknowledged.borrow_mut().extend(seqs.drain(..));
    }
    let left_out = mail.reached.replace(reading.reached) < reading.reached;
    if left_out
        && mail.unacknowledged.borrow().is_empty()
        && reading.entries.iter().any(|entry| entry.is_copy_for(session))
    {
        pass_over(hub, connection, reading.reached);
    }
    true
}

/// Acknowledges what is not sent to this socket, since nobody else would.
fn pass_over(hub: &Rc<Hub>, connection: &Rc<Connection>, up_to: Seq) {
    let (hub, connection) = (Rc::clone(hub), Rc::clone(connection));
    rt::spawn(async move {
        let member = connection.member.get();
        let done = hub
            .api
            .messages
            .acknowledge(&member, connection.mail.device, up_to)
            .await;
        if let Err(error) = done {
            tracing::debug!(%error, "one's own messages are passed over later");
        }
    });
}
