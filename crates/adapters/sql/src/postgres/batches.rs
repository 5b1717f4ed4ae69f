//! What many callers ask for in one statement: most of what a statement costs Postgres, it costs once for any number of rows.

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

/// Does to rows of many callers what one statement does, to all that wait at the moment together, on a quarter of the connections.
pub struct Batches<T, R>(Arc<Shared<T, R>>);

struct Shared<T, R> {
    database: Database,
    work: Work<T, R>,
    width: usize,
    queue: Mutex<Queue<T, R>>,
}

/// MUST do all of it or nothing, and answer for each item in order.
pub type Work<T, R> = fn(&mut Conn, &[T]) -> QueryResult<Vec<R>>;

struct Queue<T, R> {
    waiting: Vec<Caller<T, R>>,
    turns: usize,
}

struct Caller<T, R> {
    item: T,
    answer: oneshot::Sender<Result<R, Unavailable>>,
}

impl<T: Send + 'static, R: Send + 'static> Batches<T, R> {
    pub fn new(database: Database, work: Work<T, R>) -> Self {
        let width = (database.connections() / 4).max(1);
        let queue = Queue {
            waiting: Vec::new(),
            turns: 0,
        };
        Self(Arc::new(Shared {
            database,
            work,
            width,
            queue: Mutex::new(queue),
        }))
    }

    /// Returns when it is done, durably.
    pub async fn run(&self, item: T) -> Result<R, Unavailable> {
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
            .unwrap_or_else(|_| Err(unavailable("work on the database panicked")))
    }
}

impl<T, R> Shared<T, R> {
    fn queue(&self) -> MutexGuard<'_, Queue<T, R>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Caller<T, R>> {
        let mut queue = self.queue();
        let taken = queue.waiting.len().min(MOST);
        let rest = queue.waiting.split_off(taken);
        mem::replace(&mut queue.waiting, rest)
    }

    fn run(&self, conn: &mut Conn, callers: Vec<Caller<T, R>>) {
        let (items, answers): (Vec<T>, Vec<_>) = callers.into_iter().map(|caller| (caller.item, caller.answer)).unzip();
        let outcomes = self.outcomes(conn, &items);
        for (outcome, answer) in outcomes.into_iter().zip(answers) {
            // Whoever asked may have gone away; it is done all the same.
            let _ = answer.send(outcome);
        }
    }

    fn outcomes(&self, conn: &mut Conn, items: &[T]) -> Vec<Result<R, Unavailable>> {
        match (self.work)(conn, items) {
            Ok(done) => done.into_iter().map(Ok).collect(),
            // What one of them violates is nothing to the others. After any other failure nobody knows what is there.
            Err(error) if items.len() > 1 && violates(&error) => {
                items.chunks(1).flat_map(|item| self.outcomes(conn, item)).collect()
            }
            Err(error) => {
                let error = Arc::new(error);
                items.iter().map(|_| Err(unavailable(Arc::clone(&error)))).collect()
            }
        }
    }
}

/// Whether one of the items may be what is wrong.
pub fn violates(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::RollbackTransaction
            | DieselError::DeserializationError(_)
            | DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation
                    | DatabaseErrorKind::ForeignKeyViolation
                    | DatabaseErrorKind::NotNullViolation
                    | DatabaseErrorKind::CheckViolation,
                _
            )
    )
}

/// Has the lanes do what waits. Whoever calls this has counted a turn.
fn begin<T: Send + 'static, R: Send + 'static>(shared: Arc<Shared<T, R>>) {
    let database = shared.database.clone();
    let turn = Arc::clone(&shared);
    let work = move |conn: Result<&mut Conn, Unavailable>| {
        let turn = Turn(turn);
        let callers = turn.0.take();
        if callers.is_empty() {
            return;
        }
        match conn {
            Ok(conn) => turn.0.run(conn, callers),
            Err(error) => refuse(callers, &error),
        }
    };
    if let Err(error) = database.post(work) {
        let mut queue = shared.queue();
        queue.turns -= 1;
        refuse(mem::take(&mut queue.waiting), &error);
    }
}

/// A turn on a connection, which is passed on while somebody waits, also when the work panics.
struct Turn<T: Send + 'static, R: Send + 'static>(Arc<Shared<T, R>>);

impl<T: Send + 'static, R: Send + 'static> Drop for Turn<T, R> {
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

fn refuse<T, R>(callers: Vec<Caller<T, R>>, error: &Unavailable) {
    for caller in callers {
        let _ = caller.answer.send(Err(unavailable(error.to_string())));
    }
}
