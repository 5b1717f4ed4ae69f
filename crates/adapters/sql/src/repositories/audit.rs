//! The audit log.

use async_trait::async_trait;
use diesel::prelude::*;
use tenon_audit::{Chain, Head, Position, Recorded, Which};
use tenon_kernel::{AuthorKind, Entry, Page, PageRequest, Unavailable, UserId};

use super::pages::{fetch, page, total};
use super::planning::for_values;
use super::{Conn, Database, Db, locks};
use crate::prepared::Prepared;
use crate::rows::{ChainKey, ChainRow, EntryRow, chain_key, chain_of, number};
use crate::schema::{audit_chains as chains, audit_entries as entries};
use crate::types::Key;

/// Adds entries to their chains in the transaction of what they tell of. To be called at its end: from here on nobody else adds to these
/// chains until it is over.
pub fn append(conn: &mut Conn, entries: &[Entry]) -> QueryResult<()> {
    let mut entries: Vec<&Entry> = entries.iter().collect();
    // Whoever adds to several waits for others that do, so everybody begins with the same.
    entries.sort_by_key(|entry| Chain::of(entry));
    entries.into_iter().try_for_each(|entry| append_one(conn, entry))
}

fn append_one(conn: &mut Conn, entry: &Entry) -> QueryResult<()> {
    let chain = Chain::of(entry);
    let (head, email) = match locks::chain(conn, chain_key(chain), nameless(entry))? {
        Some(locked) => locked,
        None => begin(conn, chain, entry)?,
    };
    let recorded = head.followed_by(entry, email);
    let last = recorded.head();
    diesel::insert_into(entries::table)
        .values(&EntryRow::from(recorded))
        .execute(conn)?;
    Prepared(diesel::update(chains::table.find(chain_key(chain))).set((
        chains::sequence.eq(number(last.sequence)),
        chains::hash.eq(last.hash.0.as_slice()),
    )))
    .execute(conn)?;
    Ok(())
}

/// The user whose address the entry lacks.
fn nameless(entry: &Entry) -> Option<UserId> {
    let unnamed = entry.author.kind == AuthorKind::User && entry.author.email.is_none();
    entry.author.user_id().filter(|_| unnamed)
}

/// Makes a chain; somebody else may do so at the same time.
fn begin(conn: &mut Conn, chain: Chain, entry: &Entry) -> QueryResult<(Head, Option<String>)> {
    diesel::insert_into(chains::table)
        .values(&ChainRow::from(&Head::empty(chain)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    locks::chain(conn, chain_key(chain), nameless(entry))?.ok_or(diesel::NotFound)
}

/// See the ports.
pub struct Ledger(pub Database);

#[async_trait]
impl tenon_kernel::Journal for Ledger {
    async fn enter(&self, entry: &Entry) -> Result<(), Unavailable> {
        let entry = entry.clone();
        self.0.write(move |conn| Ok(append_one(conn, &entry)?)).await
    }
}

type Boxed<'a> = entries::BoxedQuery<'a, Db>;

fn matching<'a>(which: &Which) -> Boxed<'a> {
    let mut query = entries::table.into_boxed();
    if let Some(chain) = which.chain {
        query = query.filter(entries::chain.eq(chain_key(chain)));
    }
    if let Some(action) = which.action {
        query = query.filter(entries::action.eq(action.as_str()));
    }
    query
}

/// From the position on, newest first: by an index of the chain, or by one of all.
fn ordered<'a>(which: &Which, after: Option<Position>) -> Boxed<'a> {
    let query = matching(which);
    match (which.chain, after) {
        (Some(_), None) => query.order(entries::sequence.desc()),
        (Some(_), Some(after)) => query
            .filter(entries::sequence.lt(number(after.sequence)))
            .order(entries::sequence.desc()),
        (None, None) => query.order(entries::id.desc()),
        (None, Some(after)) => query.filter(entries::id.lt(Key(after.id))).order(entries::id.desc()),
    }
}

#[async_trait]
impl tenon_audit::Ledger for Ledger {
    async fn list(
        &self,
        which: &Which,
        request: &PageRequest<Position>,
    ) -> Result<Page<Recorded, Position>, Unavailable> {
        let (which, request) = (*which, *request);
        let read = move |conn: &mut Conn| {
            let rows = ordered(&which, request.after)
                .limit(fetch(&request))
                .select(EntryRow::as_select())
                .load(conn)?;
            let total = total(&request, || matching(&which).count().get_result(conn))?;
            page(rows, &request, total, EntryRow::into_recorded, |entry| Position {
                sequence: entry.sequence,
                id: entry.id,
            })
        };
        self.0.read(move |conn| for_values(conn, read)).await
    }

    async fn next_chain(&self, chain: Option<Chain>) -> Result<Option<Chain>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let of_heads = chains::table.select(chains::chain).order(chains::chain).into_boxed();
            let of_entries = entries::table.select(entries::chain).order(entries::chain).into_boxed();
            // From the zeros of the installation on, or after the chain.
            let (of_heads, of_entries) = match chain.map(chain_key) {
                Some(chain) => (
                    of_heads.filter(chains::chain.gt(chain)),
                    of_entries.filter(entries::chain.gt(chain)),
                ),
                None => {
                    let first = chain_key(Chain::Installation);
                    (
                        of_heads.filter(chains::chain.ge(first)),
                        of_entries.filter(entries::chain.ge(first)),
                    )
                }
            };
            let head: Option<ChainKey> = of_heads.first(conn).optional()?;
            let entry: Option<ChainKey> = of_entries.first(conn).optional()?;
            Ok([head, entry].into_iter().flatten().map(chain_of).min())
        };
        self.0.read(read).await
    }

    async fn head(&self, chain: Chain) -> Result<Option<Head>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let row = chains::table.find(chain_key(chain)).select(ChainRow::as_select());
            row.first(conn).optional()?.map(ChainRow::into_head).transpose()
        };
        self.0.read(read).await
    }

    async fn after(&self, chain: Chain, sequence: u64, most: usize) -> Result<Vec<Recorded>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let rows: Vec<EntryRow> = entries::table
                .filter(entries::chain.eq(chain_key(chain)))
                .filter(entries::sequence.gt(number(sequence)))
                .order(entries::sequence)
                .limit(i64::try_from(most).unwrap_or(i64::MAX))
                .select(EntryRow::as_select())
                .load(conn)?;
            rows.into_iter().map(EntryRow::into_recorded).collect()
        };
        self.0.read(read).await
    }
}
