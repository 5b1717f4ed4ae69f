/// More than this of what somebody wrote is not read by anybody.
const MOST: usize = 300;

/// What an answer says of itself, fit to be kept: one line, short, and without what was sent to it as a secret.
pub(crate) fn scrub(text: &str, secrets: &[&str]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        clean = clean.replace(secret, "[secret]");
    }
    clean
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_echoed_is_taken_out_and_lines_are_joined() {
        let text = scrub("client hunter2\r\nis wrong: hunter2", &["hunter2", ""]);
        assert_eq!(text, "client [secret]  is wrong: [secret]");
    }

    #[test]
    fn a_long_text_is_cut_after_its_secrets_are_out() {
        let text = format!("{}hunter2", "x".repeat(MOST - 3));
        assert_eq!(scrub(&text, &["hunter2"]), format!("{}[se", "x".repeat(MOST - 3)));
    }
}
