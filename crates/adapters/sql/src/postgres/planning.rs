//! What is planned once, and what for the values that are asked for.

use diesel::QueryResult;
use diesel::connection::SimpleConnection;

use super::Conn;

/// How every connection plans unless it is told otherwise: a statement once, for any values. To plan one takes as long as it runs, and Postgres
/// left to itself plans anew what it believes to be cheaper for a few rows than for ten (PostgreSQL manual, PREPARE).
pub const ONCE: &str = "SET plan_cache_mode = force_generic_plan";

/// Has the statements of `work` planned for their values, each time: a rare word is found by the index of words, a frequent one by going
/// through the listing. For what is asked for seldom or takes long: to say so takes two round trips.
pub fn for_values<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> QueryResult<T> {
    conn.batch_execute("SET plan_cache_mode = force_custom_plan")?;
    let done = work(conn);
    let put_back = conn.batch_execute(ONCE);
    done.and_then(|done| put_back.map(|()| done))
}
