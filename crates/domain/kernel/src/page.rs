use crate::Invalid;

/// How many items a page holds: 1 to 100, 20 unless asked otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    /// The largest page.
    pub const MAX: u8 = 100;

    /// A page of one item.
    pub const ONE: Self = Self(1);

    /// # Errors
    ///
    /// `out_of_range` outside 1 to 100; a larger page is refused rather than cut.
    pub fn new(limit: u64) -> Result<Self, Invalid> {
        match u8::try_from(limit) {
            Ok(limit @ 1..=Self::MAX) => Ok(Self(limit)),
            _ => Err(Invalid::new("out_of_range", "Must be between 1 and 100.")),
        }
    }

    /// The number of items.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// One page of a listing that is ordered by `K`.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest<K> {
    /// At most this many items.
    pub limit: Limit,
    /// Only what comes after this position; from the beginning without it.
    pub after: Option<K>,
    /// Whether the number of all items is wanted too. It costs in proportion to that number.
    pub count: bool,
}

/// A page, and where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// In the order of the listing.
    pub items: Vec<T>,
    /// The position of the last item when more follow.
    pub next: Option<K>,
    /// The number of all items of the listing, when asked for.
    pub total: Option<u64>,
}

impl<T, K> Page<T, K> {
    /// Makes a page of up to `limit + 1` items that were read to learn whether more follow.
    pub fn cut(mut items: Vec<T>, limit: Limit, total: Option<u64>, position: impl Fn(&T) -> K) -> Self {
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = if more { items.last().map(position) } else { None };
        Self { items, next, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_more_than_the_limit_points_at_its_last_item() {
        let limit = Limit::new(2).unwrap();
        let page = Page::cut(vec![5, 6, 7], limit, None, |n| *n);
        assert_eq!((page.items, page.next), (vec![5, 6], Some(6)));
        assert_eq!(Page::cut(vec![5, 6], limit, None, |n| *n).next, None);
    }

    #[test]
    fn limits_outside_one_to_a_hundred_are_refused() {
        for limit in [0, 101, u64::MAX] {
            assert_eq!(Limit::new(limit).unwrap_err().code, "out_of_range");
        }
    }
}
