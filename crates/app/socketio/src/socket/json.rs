//! What is checked of a client's JSON before it is kept: how deep it is, how much it has, and where attachments belong.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// How deep values may be in one another.
const DEEPEST: usize = 64;

/// Arguments of one packet.
const MOST: usize = 256;

/// Whether the value is nowhere too deep, and has not too many parts at its top. Looks at brackets only: what is no JSON is
/// not noticed.
pub(super) fn is_within_limits(json: &str) -> bool {
    let (mut depth, mut parts) = (0_usize, 0_usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json.bytes() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => parts += 1,
            _ => {}
        }
        if depth > DEEPEST || parts >= MOST {
            return false;
        }
    }
    true
}

/// Whether each of so many attachments belongs to one place. The JSON must be within the limits.
pub(super) fn has_place_for_each(json: &str, attachments: usize) -> bool {
    let mut places = Places {
        found: 0,
        count: attachments,
    };
    let mut json = serde_json::Deserializer::from_str(json);
    let read = Look(&mut places).deserialize(&mut json).is_ok() && json.end().is_ok();
    read && places.found.count_ones() == u32::try_from(attachments).unwrap_or(u32::MAX)
}

struct Places {
    /// One bit for each attachment whose place was found.
    found: u64,
    count: usize,
}

impl Places {
    /// False when it is no attachment's place, or the second one of it.
    fn add(&mut self, number: u64) -> bool {
        let Ok(index) = u32::try_from(number) else {
            return false;
        };
        let is_known = usize::try_from(number).is_ok_and(|number| number < self.count);
        let bit = 1_u64.checked_shl(index).unwrap_or_default();
        let is_new = is_known && self.found & bit == 0;
        self.found |= bit;
        is_new && bit != 0
    }
}

/// Looks for placeholders in a value.
struct Look<'a>(&'a mut Places);

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A value of a map, as far as it matters to a placeholder.
enum Part {
    True,
    Number(u64),
    Other,
}

struct LookAtPart<'a>(&'a mut Places);

impl<'de> DeserializeSeed<'de> for LookAtPart<'_> {
    type Value = Part;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Part, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! visit_nothing {
    ($result:expr) => {
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($result)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($result)
        }

        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($result)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($result)
        }

        fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
            formatter.write_str("JSON")
        }
    };
}

impl<'de> Visitor<'de> for LookAtPart<'_> {
    type Value = Part;

    visit_nothing!(Part::Other);

    fn visit_bool<E>(self, value: bool) -> Result<Part, E> {
        Ok(if value { Part::True } else { Part::Other })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Part, E> {
        Ok(Part::Number(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Part, A::Error> {
        Look(self.0).visit_seq(values).map(|()| Part::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Part, A::Error> {
        Look(self.0).visit_map(entries).map(|()| Part::Other)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    visit_nothing!(());

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while values.next_element_seed(Look(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let (mut is_placeholder, mut number) = (false, None);
        while let Some(key) = entries.next_key::<Key>()? {
            let part = entries.next_value_seed(LookAtPart(&mut *self.0))?;
            match (key, part) {
                (Key::Placeholder, part) => is_placeholder = matches!(part, Part::True),
                (Key::Number, Part::Number(value)) => number = Some(value),
                (Key::Number, _) => number = None,
                (Key::Other, _) => {}
            }
        }
        if is_placeholder && !number.is_some_and(|number| self.0.add(number)) {
            return Err(serde::de::Error::custom("no such attachment"));
        }
        Ok(())
    }
}

enum Key {
    Placeholder,
    Number,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(match name {
                    "_placeholder" => Key::Placeholder,
                    "num" => Key::Number,
                    _ => Key::Other,
                })
            }

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a name")
            }
        }

        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_be_64_deep_and_brackets_in_texts_do_not_count() {
        let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(is_within_limits(&deep(64)));
        assert!(!is_within_limits(&deep(65)));
        assert!(!is_within_limits(&"{\"a\":".repeat(500_000)));
        assert!(is_within_limits(&format!(
            "[\"{}\\\"{}\"]",
            "[".repeat(100),
            "[".repeat(100)
        )));
    }

    #[test]
    fn a_packet_has_at_most_256_arguments() {
        let many = |count: usize| format!("[{}]", vec!["[1,2,3]"; count].join(","));
        assert!(is_within_limits(&many(256)));
        assert!(!is_within_limits(&many(257)));
    }

    #[test]
    fn each_attachment_has_one_place() {
        let place = |number| format!("{{\"_placeholder\":true,\"num\":{number}}}");
        let two = format!("[\"a\",{{\"b\":[{}]}},{}]", place(1), place(0));
        assert!(has_place_for_each(&two, 2));
        assert!(!has_place_for_each(&two, 1));
        assert!(!has_place_for_each(&two, 3));
        assert!(!has_place_for_each(&format!("[{},{}]", place(0), place(0)), 2));
        assert!(!has_place_for_each(&format!("[{}]", place(64)), 1));
        assert!(!has_place_for_each("[{\"_placeholder\":true}]", 1));
        assert!(!has_place_for_each("[{\"_placeholder\":true,\"num\":\"0\"}]", 1));
        assert!(!has_place_for_each("[{\"_placeholder\":true,\"num\":-1}]", 1));
        assert!(has_place_for_each(
            "[{\"_placeholder\":false,\"num\":7},null,1.5,-1,true]",
            0
        ));
        assert!(!has_place_for_each("[", 0));
    }
}
