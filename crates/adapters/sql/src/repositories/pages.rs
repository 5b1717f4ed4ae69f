use diesel::QueryResult;
use tenon_kernel::{Page, PageRequest};

/// One more than the page holds, to learn whether another follows.
pub fn fetch<K>(page: &PageRequest<K>) -> i64 {
    i64::try_from(page.limit.get()).unwrap_or(i64::MAX).saturating_add(1)
}

/// Counts if asked to.
pub fn total<K>(page: &PageRequest<K>, count: impl FnOnce() -> QueryResult<i64>) -> QueryResult<Option<u64>> {
    if !page.count {
        return Ok(None);
    }
    Ok(Some(u64::try_from(count()?).unwrap_or(0)))
}

/// Turns rows into a page.
pub fn page<R, T, K>(
    rows: Vec<R>,
    request: &PageRequest<K>,
    total: Option<u64>,
    convert: impl Fn(R) -> QueryResult<T>,
    position: impl Fn(&T) -> K,
) -> QueryResult<Page<T, K>> {
    let items = rows.into_iter().map(convert).collect::<QueryResult<Vec<T>>>()?;
    Ok(Page::cut(items, request.limit, total, position))
}
