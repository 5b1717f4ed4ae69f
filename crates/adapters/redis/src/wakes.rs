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
        let listener = Arc::clone(&mailman);
        Self {
            _publishing: redis.spawn(publish(redis.clone(), Arc::clone(&waiting))),
            _listening: subscribe(redis, CHANNEL, move |payload| read(payload, &*listener)),
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

async fn publish(redis: Redis, waiting: Arc<Waiting>) {
    loop {
        waiting.some.notified().await;
        let signs = std::mem::take(&mut *waiting.signs.lock());
        let mut payload = Vec::with_capacity(signs.len() * SIGN);
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
fn read(payload: &[u8], mailman: &dyn Mailman) {
    for sign in payload.chunks_exact(SIGN) {
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
