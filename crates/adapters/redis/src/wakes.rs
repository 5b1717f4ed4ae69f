use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use redis::Cmd;
use tenon_kernel::{Id, UserId};
use tenon_messages::{Mailman, Wakes};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::Redis;
use crate::channel::{Subscription, subscribe};
use crate::connection::Task;

const CHANNEL: &str = "tenon:mail";

/// A message begins with the id of the instance that sends it, which has heard its own signs already.
type Sender = Uuid;

/// A sign is one byte that says what is new, and the sixteen of the user's id.
const SIGN: usize = 17;

const MAIL: u8 = b'm';
const STOCK: u8 = b's';

/// Wakes those who wait for mail on any instance. This one's are woken at once, the others through the server; what is lost
/// there is made up for by looking at the store now and then.
pub struct RedisWakes {
    mailman: Arc<dyn Mailman>,
    waiting: Arc<Waiting>,
    _publishing: Task,
    _listening: Subscription,
}

/// What is to be published next. Many signs for the same user are as one.
#[derive(Default)]
struct Waiting {
    signs: Mutex<BTreeSet<(u8, UserId)>>,
    some: Notify,
}

impl RedisWakes {
    /// Wakes through this server, until it is dropped.
    pub fn start(redis: &Redis, mailman: Arc<dyn Mailman>) -> Self {
        let waiting = Arc::new(Waiting::default());
        let (listener, own) = (Arc::clone(&mailman), Sender::new_v4());
        Self {
            _publishing: redis.spawn(publish(redis.clone(), own, Arc::clone(&waiting))),
            _listening: subscribe(redis, CHANNEL, move |payload| read(payload, own, &*listener)),
            mailman,
            waiting,
        }
    }

    fn tell(&self, what: u8, users: &[UserId]) {
        if users.is_empty() {
            return;
        }
        self.waiting.signs.lock().extend(users.iter().map(|user| (what, *user)));
        self.waiting.some.notify_one();
    }
}

impl Wakes for RedisWakes {
    fn wake(&self, users: &[UserId]) {
        users.iter().for_each(|user| self.mailman.mail(*user));
        self.tell(MAIL, users);
    }

    fn restock(&self, user: UserId) {
        self.mailman.stock(user);
        self.tell(STOCK, &[user]);
    }
}

async fn publish(redis: Redis, own: Sender, waiting: Arc<Waiting>) {
    loop {
        waiting.some.notified().await;
        let signs = std::mem::take(&mut *waiting.signs.lock());
        let mut payload = Vec::with_capacity(own.as_bytes().len() + signs.len() * SIGN);
        payload.extend_from_slice(own.as_bytes());
        for (what, user) in signs {
            payload.push(what);
            payload.extend_from_slice(user.as_bytes());
        }
        let mut command = Cmd::new();
        command.arg("PUBLISH").arg(CHANNEL).arg(payload);
        let _: Option<()> = redis.ask(&command).await;
    }
}

/// What is no sign is left out: it may come from a newer version.
fn read(payload: &[u8], own: Sender, mailman: &dyn Mailman) {
    let Some((sender, signs)) = payload.split_at_checked(own.as_bytes().len()) else {
        return;
    };
    if sender == own.as_bytes() {
        return;
    }
    for sign in signs.chunks_exact(SIGN) {
        let Some((what, user)) = sign.split_first() else {
            continue;
        };
        let Ok(user) = Uuid::from_slice(user).map(Id::from_uuid) else {
            continue;
        };
        match *what {
            MAIL => mailman.mail(user),
            STOCK => mailman.stock(user),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<(u8, UserId)>>);

    impl Mailman for Heard {
        fn mail(&self, user: UserId) {
            self.0.lock().push((MAIL, user));
        }

        fn stock(&self, user: UserId) {
            self.0.lock().push((STOCK, user));
        }
    }

    fn heard(payload: &[u8], own: Sender) -> Vec<(u8, UserId)> {
        let heard = Heard::default();
        read(payload, own, &heard);
        heard.0.into_inner()
    }

    #[test]
    fn the_signs_of_others_are_heard_and_ones_own_are_not() {
        let (other, own) = (Sender::new_v4(), Sender::new_v4());
        let [ada, bob]: [UserId; 2] = [Id::from_uuid(Uuid::new_v4()), Id::from_uuid(Uuid::new_v4())];
        let sign = |what: u8, user: UserId| [&[what], user.as_bytes().as_slice()].concat();
        let signs = [sign(MAIL, ada), sign(b'?', ada), sign(STOCK, bob)].concat();
        let message = [other.as_bytes().as_slice(), &signs, b"half a sign"].concat();
        assert_eq!(heard(&message, own), [(MAIL, ada), (STOCK, bob)]);
        assert_eq!(heard(&message, other), []);
        for length in 0..other.as_bytes().len() {
            assert_eq!(heard(&message[..length], own), []);
        }
    }
}
