use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tenon_kernel::Invalid;

/// Reads the canonical base64 of exactly `N` bytes: the standard alphabet, padded, without white space, and without bits that
/// mean nothing (RFC 4648, section 3.5). So there is one text for each value.
///
/// # Errors
///
/// `invalid_base64`, or `wrong_length` when it is another number of bytes.
pub(super) fn decode<const N: usize>(text: &str, wrong_length: &'static str) -> Result<[u8; N], Invalid> {
    let bytes = STANDARD.decode(text).map_err(|_| {
        Invalid::new(
            "invalid_base64",
            "Must be base64 in the standard alphabet, with padding.",
        )
    })?;
    bytes
        .try_into()
        .map_err(|_| Invalid::new(wrong_length, format!("Must be the base64 of {N} bytes.")))
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> &'static str {
        decode::<32>(text, "invalid_key_length").unwrap_err().code
    }

    #[test]
    fn a_value_has_one_text() {
        let text = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e//8=";
        let bytes = decode::<32>(text, "invalid_key_length").unwrap();
        assert_eq!(encode(&bytes), text);
        for other in [
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e__8=",
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e//8",
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e//9=",
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e//8==",
            " AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e//8=",
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e//8=\n",
            "AQIDBAUGBwgJCgsMDQ4P EBESExQVFhcYGRobHB0e//8=",
            "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1effff=",
        ] {
            assert_eq!(refusal(other), "invalid_base64", "{other:?}");
        }
    }

    #[test]
    fn other_lengths_are_told_apart() {
        for length in [0, 31, 33, 64] {
            assert_eq!(refusal(&encode(&vec![7; length])), "invalid_key_length", "{length}");
        }
    }
}
