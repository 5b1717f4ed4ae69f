use std::borrow::Cow;

/// The most bytes of a reason, because a control frame holds 125 (RFC 6455, section 5.5).
const LONGEST_REASON: usize = 123;

/// Why a connection ends (RFC 6455, section 7.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// 1000 to 4999.
    pub code: u16,
    /// For people.
    pub reason: Cow<'static, str>,
}

impl Close {
    /// With this code and reason; what is too long of the reason is left out.
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        let mut reason = reason.into();
        if reason.len() > LONGEST_REASON {
            let end = reason.floor_char_boundary(LONGEST_REASON);
            reason.to_mut().truncate(end);
        }
        Self { code, reason }
    }

    /// What a close frame of the peer says; nothing for an empty one, and nothing good for one that breaks the rules.
    pub(crate) fn parse(payload: &[u8]) -> Option<Result<Self, &'static str>> {
        let Some((code, reason)) = payload.split_first_chunk() else {
            return (!payload.is_empty()).then_some(Err("a close frame has no code, or a whole one"));
        };
        let code = u16::from_be_bytes(*code);
        // Section 7.4.2; 1004 to 1006 and 1015 never go over the wire, and up to 2999 only what is registered.
        if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
            return Some(Err("the close code must not be sent"));
        }
        Some(match std::str::from_utf8(reason) {
            Ok(reason) => Ok(Self::new(code, reason.to_owned())),
            Err(_) => Err("the reason of the close frame is not UTF-8"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_cut_where_a_character_ends() {
        let close = Close::new(1000, "ä".repeat(100));
        assert_eq!(close.reason.len(), 122);
        assert_eq!(Close::new(1000, "bye").reason, "bye");
    }

    #[test]
    fn codes_that_must_not_be_sent_are_refused() {
        for code in [0_u16, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
            assert!(Close::parse(&code.to_be_bytes()).unwrap().is_err(), "{code}");
        }
        for code in [1000_u16, 1003, 1007, 1014, 3000, 4999] {
            assert_eq!(Close::parse(&code.to_be_bytes()).unwrap().unwrap().code, code);
        }
        assert_eq!(Close::parse(&[]), None);
        assert!(Close::parse(&[3]).unwrap().is_err());
        assert!(Close::parse(&[3, 232, 0xff]).unwrap().is_err());
    }
}
