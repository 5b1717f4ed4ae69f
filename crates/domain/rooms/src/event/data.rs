use serde_json::value::RawValue;
use tenon_kernel::{Invalid, nested_within, whole_characters};

/// What an event says: any JSON value of at most 32 KiB, passed on byte for byte.
#[derive(Debug, Clone)]
pub struct EventData(Box<RawValue>);

impl EventData {
    /// The largest text, in bytes.
    pub const MAX_BYTES: usize = 32 * 1024;
    /// The deepest nesting. Many readers of JSON stop at 128 levels, and a frame puts some around these.
    pub const MAX_DEPTH: usize = 64;

    /// # Errors
    ///
    /// `too_long`, `too_deep`, `half_character`.
    pub fn new(json: Box<RawValue>) -> Result<Self, Invalid> {
        let data = Self::bounded(json)?;
        whole_characters(data.as_str())?;
        Ok(data)
    }

    fn bounded(json: Box<RawValue>) -> Result<Self, Invalid> {
        if json.get().len() > Self::MAX_BYTES {
            return Err(Invalid::new("too_long", "At most 32 KiB of JSON."));
        }
        nested_within(json.get(), Self::MAX_DEPTH)?;
        Ok(Self(json))
    }

    /// Reads the text of what was told before. White space around the value is dropped.
    ///
    /// # Errors
    ///
    /// `invalid_json`, `too_long`, `too_deep`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let json: &RawValue =
            serde_json::from_str(text).map_err(|_| Invalid::new("invalid_json", "Must be a JSON value."))?;
        Self::bounded(json.to_owned())
    }

    /// The JSON.
    pub fn raw(&self) -> &RawValue {
        &self.0
    }

    /// The JSON's text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for EventData {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for EventData {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_any_json_value_and_keeps_its_bytes() {
        for text in ["null", "0.10", "\"a\\u0000\"", "[1 , 2]", r#"{"b" : 1e400, "a":"ä"}"#] {
            assert_eq!(EventData::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "{", "nul", "1 2", "{a:1}", "\"\n\""] {
            assert_eq!(EventData::parse(text).unwrap_err().code, "invalid_json", "{text}");
        }
    }

    #[test]
    fn data_is_bounded_in_size_and_depth() {
        let text = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
        assert!(EventData::parse(&text(EventData::MAX_BYTES)).is_ok());
        assert_eq!(
            EventData::parse(&text(EventData::MAX_BYTES + 1)).unwrap_err().code,
            "too_long"
        );
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(EventData::parse(&nested(64)).is_ok());
        assert_eq!(EventData::parse(&nested(65)).unwrap_err().code, "too_deep");
        let half = r#"["\udc00"]"#;
        let new = EventData::new(RawValue::from_string(half.to_owned()).unwrap());
        assert_eq!(new.unwrap_err().code, "half_character");
        assert_eq!(EventData::parse(half).unwrap().as_str(), half);
    }
}
