use crate::Invalid;

/// Refuses a JSON text that has more objects and arrays one inside the other than so many levels. The text has to be JSON.
///
/// # Errors
///
/// `too_deep`.
pub fn nested_within(json: &str, levels: usize) -> Result<(), Invalid> {
    if nesting(json) > levels {
        let message = format!("At most {levels} levels of objects and arrays.");
        return Err(Invalid::new("too_deep", message));
    }
    Ok(())
}

/// Refuses a JSON text whose strings have halves of characters in them (`\ud800` alone), which many readers refuse with all that stands
/// around it (RFC 8259, section 8.2). The text has to be JSON.
///
/// # Errors
///
/// `half_character`.
pub fn whole_characters(json: &str) -> Result<(), Invalid> {
    if has_half_characters(json) {
        let message = "Surrogates (\\ud800 to \\udfff) stand for a character in pairs only.";
        return Err(Invalid::new("half_character", message));
    }
    Ok(())
}

fn nesting(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn has_half_characters(json: &str) -> bool {
    let mut rest = json;
    // Outside of strings there are no backslashes.
    while let Some((_, escape)) = rest.split_once('\\') {
        let Some(digits) = escape.strip_prefix('u') else {
            rest = escape.get(1..).unwrap_or_default();
            continue;
        };
        rest = digits.get(4..).unwrap_or_default();
        match unit(digits) {
            Some(0xd800..=0xdbff) => {
                let Some(second) = rest.strip_prefix("\\u") else {
                    return true;
                };
                if !matches!(unit(second), Some(0xdc00..=0xdfff)) {
                    return true;
                }
                rest = second.get(4..).unwrap_or_default();
            }
            Some(0xdc00..=0xdfff) => return true,
            _ => {}
        }
    }
    false
}

fn unit(digits: &str) -> Option<u16> {
    u16::from_str_radix(digits.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_characters_are_found_and_nothing_else() {
        for json in [
            r#"{"a":1}"#,
            r#"["\ud83d\ude00"]"#,
            r#""\\ud800""#,
            r#""\\\\ud800\n\"\u0041""#,
            r#""\uD83D\uDE00é\ue000""#,
            "[]",
        ] {
            assert!(!has_half_characters(json), "{json}");
        }
        for json in [
            r#"{"a":"\ud800"}"#,
            r#"{"\udfff":1}"#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\ude00\ud83d""#,
            r#""\\\ud800x""#,
            r#""\uDBFF\n""#,
        ] {
            assert!(has_half_characters(json), "{json}");
        }
    }
}
