//! Reading listings to their end.

use tenon_kernel::{Limit, Page, PageRequest};

/// The first page, as large as it gets, with the number of all items.
pub fn everything<K>() -> PageRequest<K> {
    PageRequest {
        limit: Limit::new(100).unwrap(),
        after: None,
        count: true,
    }
}

/// All items of a listing, read two at a time; fails unless each page is as full as it can be and counts all of them.
pub async fn in_twos<T, K: Copy, E: std::fmt::Debug>(
    list: impl AsyncFn(PageRequest<K>) -> Result<Page<T, K>, E>,
) -> Vec<T> {
    let mut request = PageRequest {
        limit: Limit::new(2).unwrap(),
        after: None,
        count: true,
    };
    let (mut items, mut totals) = (Vec::new(), Vec::new());
    loop {
        let page = list(request).await.unwrap();
        totals.push(page.total.unwrap());
        let full = page.items.len() == 2;
        items.extend(page.items);
        let Some(next) = page.next else { break };
        assert!(full, "a page that others follow is full");
        request.after = Some(next);
    }
    assert!(totals.iter().all(|total| *total == items.len() as u64));
    items
}
