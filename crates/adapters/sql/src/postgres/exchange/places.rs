use std::collections::{BTreeMap, HashMap};

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use tenon_messages::Mailbox;

use crate::postgres::Conn;
use crate::postgres::posting::take;
use crate::rows::MailboxRow;
use crate::types::Key;

/// What is added to the ends of mailboxes, in the order in which everybody takes them.
#[derive(Default)]
pub struct Ends(BTreeMap<Mailbox, End>);

#[derive(Default)]
struct End {
    places: i64,
    waiting: i64,
}

impl Ends {
    /// Adds places, for so many messages that wait. A mailbox to which none are added is held all the same.
    pub fn add(&mut self, mailbox: Mailbox, places: i64, waiting: i64) {
        let end = self.0.entry(mailbox).or_default();
        end.places += places;
        end.waiting += waiting;
    }

    /// Takes them.
    pub fn take(self, conn: &mut Conn) -> QueryResult<Places> {
        if self.0.is_empty() {
            return Ok(Places(HashMap::new()));
        }
        let row = |(mailbox, end): (&Mailbox, &End)| MailboxRow {
            organization_id: Key(mailbox.organization),
            user_id: Key(mailbox.user),
            last_seq: end.places,
            waiting: end.waiting,
        };
        let rows: Vec<_> = self.0.iter().map(row).collect();
        let taken = take(conn, &rows)?.into_iter().map(|(organization, user, last)| {
            let mailbox = Mailbox {
                organization: organization.0,
                user: user.0,
            };
            let places = self.0.get(&mailbox).map_or(0, |end| end.places);
            (mailbox, last - places)
        });
        Ok(Places(taken.collect()))
    }
}

/// The last place of each mailbox before those that are not given away yet.
pub struct Places(HashMap<Mailbox, i64>);

impl Places {
    /// The first one that is left.
    pub fn next(&mut self, mailbox: Mailbox) -> QueryResult<i64> {
        let last = self.0.get_mut(&mailbox).ok_or(DieselError::NotFound)?;
        *last += 1;
        Ok(*last)
    }
}
