//! Rows of many callers in one statement: most of what an insertion costs Postgres, it costs once for any number of rows.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tenon_kernel::Unavailable;
use tokio::sync::oneshot;

use super::{Conn, Database};
use crate::fault::unavailable;

/// The most rows of a statement.
const MOST: usize = 64;

/// Inserts what its callers bring, all that waits at the moment together, on a quarter of the connections.
pub struct Inserts<T>(Arc<Shared<T>>);

struct Shared<T> {
    database: Database,
    insert: fn(&mut Conn, &[T]) -> QueryResult<()>,
    width: usize,
    queue: Mutex<Queue<T>>,
}

struct Queue<T> {
    waiting: Vec<Caller<T>>,
    turns: usize,
}

struct Caller<T> {
    item: T,
    answer: oneshot::Sender<Result<(), Unavailable>>,
}

impl<T: Send + 'static> Inserts<T> {
    /// `insert` must insert all of the items or none.
    pub fn new(database: Database, insert: fn(&mut Conn, &[T]) -> QueryResult<()>) -> Self {
        let width = (database.connections() / 4).max(1);
        let queue = Queue {
            waiting: Vec::new(),
            turns: 0,
        };
        Self(Arc::new(Shared {
            database,
            insert,
            width,
            queue: Mutex::new(queue),
        }))
    }

    /// Returns when the item is there, durably.
    pub async fn insert(&self, item: T) -> Result<(), Unavailable> {
        let (answer, answered) = oneshot::channel();
        let begins = {
            let mut queue = self.0.queue();
            queue.waiting.push(Caller { item, answer });
            let begins = queue.turns < self.0.width;
            queue.turns += usize::from(begins);
            begins
        };
        if begins {
            begin(Arc::clone(&self.0));
        }
        answered
            .await
            .unwrap_or_else(|_| Err(unavailable("the insertion did not take place")))
    }
}

impl<T> Shared<T> {
    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Caller<T>> {
        let mut queue = self.queue();
        let taken = queue.waiting.len().min(MOST);
        let rest = queue.waiting.split_off(taken);
        mem::replace(&mut queue.waiting, rest)
    }

    fn insert(&self, conn: &mut Conn, callers: Vec<Caller<T>>) {
        let (items, answers): (Vec<T>, Vec<_>) = callers.into_iter().map(|caller| (caller.item, caller.answer)).unzip();
        let together = (self.insert)(conn, &items).map_err(Arc::new);
        // What one of them violates is nothing to the others. After any other failure nobody knows what is there.
        let each = items.len() > 1 && together.as_ref().is_err_and(|error| violates(error));
        for (item, answer) in items.chunks(1).zip(answers) {
            let outcome = match each {
                true => (self.insert)(conn, item).map_err(Arc::new),
                false => together.clone(),
            };
            // Whoever asked may have gone away; the item is inserted all the same.
            let _ = answer.send(outcome.map_err(unavailable));
        }
    }
}

fn violates(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::DatabaseError(
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation,
            _
        )
    )
}

/// Has the lanes insert what waits. Whoever calls this has counted a turn.
fn begin<T: Send + 'static>(shared: Arc<Shared<T>>) {
    let database = shared.database.clone();
    let turn = Arc::clone(&shared);
    let work = move |conn: Result<&mut Conn, Unavailable>| {
        let turn = Turn(turn);
        let callers = turn.0.take();
        match conn {
            Ok(conn) => turn.0.insert(conn, callers),
            Err(error) => refuse(callers, &error),
        }
    };
    if let Err(error) = database.post(work) {
        let mut queue = shared.queue();
        queue.turns -= 1;
        refuse(mem::take(&mut queue.waiting), &error);
    }
}

/// A turn on a connection, which is passed on while somebody waits, also when an insertion panics.
struct Turn<T: Send + 'static>(Arc<Shared<T>>);

impl<T: Send + 'static> Drop for Turn<T> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        if queue.waiting.is_empty() {
            queue.turns -= 1;
            return;
        }
        drop(queue);
        begin(Arc::clone(&self.0));
    }
}

fn refuse<T>(callers: Vec<Caller<T>>, error: &Unavailable) {
    for caller in callers {
        let _ = caller.answer.send(Err(unavailable(error.to_string())));
    }
}
