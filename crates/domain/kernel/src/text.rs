use crate::Invalid;

/// One line of text: trimmed, 1 to `max` characters, no control characters.
///
/// # Errors
///
/// `required` when empty, `too_long`, `invalid_characters`.
pub fn line(text: &str, max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new("required", "Must not be empty."));
    }
    within(text, max)?;
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(
            "invalid_characters",
            "Must be one line without control characters.",
        ));
    }
    Ok(text.to_owned())
}

/// Text of 0 to `max` characters that may have line breaks and tabs, kept as it is.
///
/// # Errors
///
/// `too_long`, `invalid_characters` (other control characters, NUL among them, which Postgres cannot store).
pub fn paragraph(text: &str, max: usize) -> Result<String, Invalid> {
    within(text, max)?;
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(strange) {
        return Err(Invalid::new(
            "invalid_characters",
            "Must not have control characters besides tab and line break.",
        ));
    }
    Ok(text.to_owned())
}

fn within(text: &str, max: usize) -> Result<(), Invalid> {
    // A character has at least one byte, so short texts need no counting.
    if text.len() > max && text.chars().count() > max {
        return Err(Invalid::new("too_long", format!("At most {max} characters.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_trimmed_and_bounded() {
        assert_eq!(line("  a b ", 3).as_deref(), Ok("a b"));
        assert_eq!(line("äöü", 3).as_deref(), Ok("äöü"));
        assert_eq!(line("abcd", 3).unwrap_err().code, "too_long");
        assert_eq!(line(" \n ", 3).unwrap_err().code, "required");
        assert_eq!(line("a\0b", 3).unwrap_err().code, "invalid_characters");
        assert_eq!(line("a\nb", 3).unwrap_err().code, "invalid_characters");
    }

    #[test]
    fn paragraphs_keep_line_breaks_and_refuse_nul() {
        assert_eq!(paragraph(" a\r\n\tb ", 10).as_deref(), Ok(" a\r\n\tb "));
        assert_eq!(paragraph("", 10).as_deref(), Ok(""));
        assert_eq!(paragraph("a\0", 10).unwrap_err().code, "invalid_characters");
    }
}
