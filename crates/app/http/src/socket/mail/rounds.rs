//! Looks after mailboxes now and then, without a sign.

use std::rc::Rc;

use actix_web::rt;
use tenon_messages::{Awaited, Mailbox, ReadMailError};

use super::Pace;
use crate::socket::connection::Connection;
use crate::socket::hub::Hub;

/// Looks by itself every so many ticks: each two seconds.
const LOOK: u32 = 8;

impl Hub {
    /// Looks by itself now and then: a sign that something is new may have been lost, and of what is acknowledged by request or over
    /// another socket there is none.
    pub(in crate::socket) fn look_at_mailboxes(self: &Rc<Self>, all: &[Rc<Connection>]) {
        if !self.ticks.get().is_multiple_of(LOOK) || self.looking.replace(true) {
            return;
        }
        let (mut awaited, mut full) = (Vec::new(), Vec::new());
        for connection in all.iter().filter(|connection| connection.outlet.is_open()) {
            match connection.mail.pace.get() {
                Pace::Closed => self.look_for_mail(connection),
                Pace::Waiting if connection.mail.room() > 0 => awaited.push(Awaited {
                    mailbox: mailbox(connection),
                    known: connection.mail.reached.get(),
                }),
                Pace::Waiting => full.push(Rc::clone(connection)),
                Pace::Early | Pace::Opening | Pace::Refused | Pace::Fetching => {}
            }
        }
        if awaited.is_empty() && full.is_empty() {
            return self.looking.set(false);
        }
        let hub = Rc::clone(self);
        rt::spawn(async move {
            hub.look_ahead(&awaited).await;
            for connection in &full {
                hub.look_at_cursor(connection).await;
            }
            hub.looking.set(false);
        });
    }

    async fn look_ahead(self: &Rc<Self>, awaited: &[Awaited]) {
        if awaited.is_empty() {
            return;
        }
        match self.api.messages.ahead(awaited).await {
            Ok(ahead) => ahead.iter().for_each(|mailbox| self.mail(mailbox.user)),
            Err(error) => tracing::debug!(%error, "mailboxes are looked at later"),
        }
    }

    /// Goes on with a socket that has no room, if what it was sent has been acknowledged elsewhere.
    async fn look_at_cursor(self: &Rc<Self>, connection: &Rc<Connection>) {
        let mail = &connection.mail;
        if mail.room() > 0 || !connection.outlet.is_open() {
            return;
        }
        match self.api.messages.cursor(&connection.member.get(), mail.device).await {
            Ok(cursor) => {
                mail.drop_acknowledged(cursor);
                self.look_for_mail(connection);
            }
            Err(ReadMailError::UnknownDevice) => mail.refuse(),
            Err(ReadMailError::Unavailable(error)) => tracing::debug!(%error, "a cursor is looked at later"),
        }
    }
}

fn mailbox(connection: &Connection) -> Mailbox {
    let member = connection.member.get();
    Mailbox {
        organization: member.organization,
        user: member.user,
    }
}
