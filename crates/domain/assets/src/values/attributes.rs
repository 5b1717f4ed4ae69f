use serde_json::value::RawValue;
use tenon_kernel::{Invalid, nested_within, whole_characters};

/// Whatever else a client keeps with an asset: a JSON object of at most 16 KiB, stored and returned byte for byte.
#[derive(Debug, Clone)]
pub struct Attributes(Box<RawValue>);

impl Attributes {
    /// The largest text, in bytes.
    pub const MAX_BYTES: usize = 16 * 1024;
    /// The deepest nesting. Many readers of JSON stop at 128 levels, and a page of assets puts some around these.
    pub const MAX_DEPTH: usize = 64;

    /// # Errors
    ///
    /// `not_an_object`, `too_long`, `too_deep`, `half_character`.
    pub fn new(json: Box<RawValue>) -> Result<Self, Invalid> {
        let attributes = Self::object(json)?;
        nested_within(attributes.as_str(), Self::MAX_DEPTH)?;
        whole_characters(attributes.as_str())?;
        Ok(attributes)
    }

    fn object(json: Box<RawValue>) -> Result<Self, Invalid> {
        if !json.get().starts_with('{') {
            return Err(Invalid::new("not_an_object", "Must be a JSON object."));
        }
        if json.get().len() > Self::MAX_BYTES {
            return Err(Invalid::new("too_long", "At most 16 KiB of JSON."));
        }
        Ok(Self(json))
    }

    /// Reads an object that was stored.
    ///
    /// # Errors
    ///
    /// `not_an_object` when the text is not JSON or no object, `too_long`.
    pub fn parse(text: String) -> Result<Self, Invalid> {
        let json = RawValue::from_string(text).map_err(|_| Invalid::new("not_an_object", "Must be a JSON object."))?;
        Self::object(json)
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

impl Default for Attributes {
    fn default() -> Self {
        Self(RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Attributes {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_one_object_of_bounded_size() {
        let object = |size: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(size - 8));
        assert_eq!(
            Attributes::parse(object(Attributes::MAX_BYTES)).unwrap().as_str().len(),
            16 * 1024
        );
        assert_eq!(
            Attributes::parse(object(Attributes::MAX_BYTES + 1)).unwrap_err().code,
            "too_long"
        );
        for text in ["[]", "1", "null", "\"{}\"", "{", ""] {
            assert_eq!(
                Attributes::parse(text.to_owned()).unwrap_err().code,
                "not_an_object",
                "{text}"
            );
        }
    }

    #[test]
    fn attributes_nest_64_levels() {
        let nested = |levels: usize| {
            let text = format!("{}1{}", "{\"[\\\"[\":[".repeat(levels / 2), "]}".repeat(levels / 2));
            Attributes::new(RawValue::from_string(text).unwrap())
        };
        assert!(nested(64).is_ok());
        assert_eq!(nested(66).unwrap_err().code, "too_deep");
    }

    #[test]
    fn attributes_have_whole_characters() {
        let new = |text: &str| Attributes::new(RawValue::from_string(text.to_owned()).unwrap());
        assert!(new(r#"{"a":"\ud83d\ude00"}"#).is_ok());
        assert_eq!(new(r#"{"a":"\ud83d"}"#).unwrap_err().code, "half_character");
    }

    #[test]
    fn attributes_keep_their_bytes() {
        let text = r#"{"b" : 1e400, "a":"\u0000"}"#;
        assert_eq!(Attributes::parse(text.to_owned()).unwrap().as_str(), text);
    }
}
