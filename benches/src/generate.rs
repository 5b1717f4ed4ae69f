//! Assets made from a seed: the same seed gives every server the same work.

use serde_json::{Value, json};

/// SplitMix64 (Steele, Lea and Flood, 2014): small, seedable, and good enough to spread ids and words.
pub struct Random(u64);

impl Random {
    /// A generator; equal seeds give equal sequences.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which must not be zero.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Puts the items in a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }
}

const WORDS: [&str; 16] = [
    "brass", "walnut", "signed", "early", "restored", "original", "enamel", "leather", "silver", "folding", "print",
    "glass", "pocket", "limited", "studio", "field",
];
const CATEGORIES: [&str; 8] = ["camera", "watch", "coin", "stamp", "book", "record", "print", "tool"];
const DESCRIPTION_BYTES: usize = 200;

/// An asset's JSON: a title, a description of 200 bytes, a category, a status, three tags and a small attributes
/// object.
pub fn asset(random: &mut Random) -> Value {
    let mut description = String::with_capacity(DESCRIPTION_BYTES + 16);
    while description.len() < DESCRIPTION_BYTES {
        description.push_str(random.pick(&WORDS));
        description.push(' ');
    }
    description.truncate(DESCRIPTION_BYTES - 1);
    description.push('.');
    json!({
        "title": format!("{} {} {}", random.pick(&WORDS), random.pick(&WORDS), random.below(1_000_000)),
        "description": description,
        "category": random.pick(&CATEGORIES),
        "status": "active",
        "tags": [random.pick(&WORDS), format!("lot-{}", random.below(500)), format!("shelf-{}", random.below(50))],
        "attributes": { "year": 1850 + random.below(170), "condition": "fine", "graded": random.below(2) == 0 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_make_equal_assets() {
        assert_eq!(asset(&mut Random::new(7)), asset(&mut Random::new(7)));
        assert_ne!(asset(&mut Random::new(7)), asset(&mut Random::new(8)));
    }

    #[test]
    fn descriptions_are_two_hundred_bytes() {
        let mut random = Random::new(1);
        for _ in 0..100 {
            let asset = asset(&mut random);
            let description = asset.get("description").and_then(Value::as_str);
            assert_eq!(description.map(str::len), Some(DESCRIPTION_BYTES));
        }
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Random::new(3).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
