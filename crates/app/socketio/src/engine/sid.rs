use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of a sid, which are 24 characters.
const LENGTH: usize = 18;

/// The name of a session, from the system's random numbers. Whoever has it has the session, so it is never shown but to
/// the client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sid([u8; LENGTH]);

impl Sid {
    /// A new one; nothing when the system has no random numbers to give.
    pub fn random() -> Option<Self> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The sid that a client names; nothing when it cannot be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; LENGTH];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == LENGTH).then_some(Self(bytes))
    }

    /// As the client knows it: 24 characters that need no escape in a URL.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_is_24_characters_that_need_no_escape_and_no_two_are_alike() {
        let (one, other) = (Sid::random().unwrap(), Sid::random().unwrap());
        assert!(one != other);
        let text = one.text();
        assert_eq!(text.len(), 24);
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert!(Sid::parse(&text) == Some(one));
    }

    #[test]
    fn what_cannot_be_a_sid_is_none() {
        for text in [
            "",
            "abc",
            &"a".repeat(23),
            &"a".repeat(25),
            &"a".repeat(1000),
            "ääääääääääää",
            &"%".repeat(24),
        ] {
            assert!(Sid::parse(text).is_none(), "{text}");
        }
    }
}
