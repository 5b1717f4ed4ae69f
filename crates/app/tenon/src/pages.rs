//! Listings as commands print them: from the first page to the last.

use tenon_kernel::{Limit, Page, PageRequest, Unavailable};

/// The first page, without the number of all items.
pub fn first<K>(limit: Limit) -> PageRequest<K> {
    PageRequest {
        limit,
        after: None,
        count: false,
    }
}

/// Hands every item to `take`, a page at a time, so that many take no more memory.
///
/// # Errors
///
/// Those of `list` and of `take`; what came before was handed over.
pub async fn each<T, K, E: From<Unavailable>>(
    list: impl AsyncFn(&PageRequest<K>) -> Result<Page<T, K>, E>,
    take: impl Fn(&T) -> Result<(), Unavailable>,
) -> Result<(), E> {
    let mut page = first(Limit::default());
    loop {
        let listed = list(&page).await?;
        listed.items.iter().try_for_each(&take)?;
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(()),
        }
    }
}
