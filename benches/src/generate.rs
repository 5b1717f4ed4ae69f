//! Assets made from a seed: the same seed gives every server the same work.

use serde_json::{Value, json};
use xtask::random::Random;

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
        assert_eq!(asset(&mut Random::seeded(7)), asset(&mut Random::seeded(7)));
        assert_ne!(asset(&mut Random::seeded(7)), asset(&mut Random::seeded(8)));
    }

    #[test]
    fn descriptions_are_two_hundred_bytes() {
        let mut random = Random::seeded(1);
        for _ in 0..100 {
            let asset = asset(&mut random);
            let description = asset.get("description").and_then(Value::as_str);
            assert_eq!(description.map(str::len), Some(DESCRIPTION_BYTES));
        }
    }
}
