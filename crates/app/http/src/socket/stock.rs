//! Tells a device how many prekeys it has left.

use std::rc::Rc;

use actix_web::rt;
use tenon_kernel::UserId;

use super::connection::Connection;
use super::frames;
use super::hub::Hub;

/// What the device knows of its prekeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stock {
    Told,
    /// The store is asked.
    Asked,
    /// It changed while the store was asked.
    Changed,
}

impl Hub {
    /// The stock of prekeys of one of the user's devices changed.
    pub(super) fn restocked(self: &Rc<Self>, user: UserId) {
        let sockets = self.mailboxes.borrow().get(&user).cloned().unwrap_or_default();
        for connection in sockets {
            self.tell_stock(&connection);
        }
    }

    /// Tells a device how many prekeys it has left. Signs that come while that is looked up are as one.
    pub(super) fn tell_stock(self: &Rc<Self>, connection: &Rc<Connection>) {
        let stock = &connection.mail.stock;
        match stock.get() {
            _ if connection.mail.device.is_simple() => {}
            Stock::Told => {
                stock.set(Stock::Asked);
                rt::spawn(tell_stock(Rc::clone(self), Rc::clone(connection)));
            }
            Stock::Asked | Stock::Changed => stock.set(Stock::Changed),
        }
    }
}

async fn tell_stock(hub: Rc<Hub>, connection: Rc<Connection>) {
    let Some(link) = connection.outlet.native() else { return };
    let mail = &connection.mail;
    let user = connection.member.get().user;
    loop {
        mail.stock.set(Stock::Asked);
        match hub.api.keys.supply(user, mail.device).await {
            // Who has no room for it is told when it connects again.
            Ok(supply) => drop(link.push(&frames::prekeys(mail.device, &supply), 1)),
            Err(error) => tracing::debug!(%error, "a device is not told of its prekeys"),
        }
        if mail.stock.replace(Stock::Told) != Stock::Changed {
            return;
        }
    }
}
