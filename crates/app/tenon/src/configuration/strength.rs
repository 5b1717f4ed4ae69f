//! Whether a secret is one that somebody made up, or copied from an example.

/// Words that stand in place of a secret until somebody sets one.
const PLACEHOLDERS: [&str; 12] = [
    "changeme",
    "changethis",
    "change-me",
    "change_me",
    "replaceme",
    "placeholder",
    "yoursecret",
    "your-secret",
    "your_secret",
    "supersecret",
    "insecure",
    "example",
];

/// Words that make no secret, however often they are repeated and whatever digits follow.
const WORDS: [&str; 12] = [
    "secret",
    "password",
    "passwort",
    "admin",
    "administrator",
    "operator",
    "tenon",
    "default",
    "jwt",
    "key",
    "test",
    "letmein",
];

/// What is wrong with `secret` as a secret for production, to go on from "is".
pub(super) fn weakness(secret: &str, least: usize) -> Option<String> {
    let lower = secret.to_lowercase();
    if PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder)) || is_words(&lower) {
        return Some("a placeholder".to_owned());
    }
    if repeats(secret.as_bytes()) {
        return Some("the same few characters over and over".to_owned());
    }
    (secret.len() < least).then(|| format!("shorter than {least} bytes"))
}

/// Whether nothing is left of the letters when the well-known words are taken away.
fn is_words(lower: &str) -> bool {
    let mut letters: String = lower.chars().filter(|c| c.is_alphabetic()).collect();
    let had_letters = !letters.is_empty();
    for word in WORDS {
        letters = letters.replace(word, "");
    }
    had_letters && letters.is_empty()
}

/// Whether the text is a unit of at most 16 bytes and its repetitions, the last of them maybe cut off.
fn repeats(text: &[u8]) -> bool {
    let period = |unit: usize| text.iter().zip(text.iter().skip(unit)).all(|(one, next)| one == next);
    (1..=16).any(|unit| text.len() >= 2 * unit && period(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_that_anybody_would_try_are_weak() {
        for secret in [
            "changeme-changeme-changeme-changeme",
            "your-secret-key-that-is-long-enough-here",
            "secretsecretsecretsecretsecretsecret",
            "Password-1234567890-1234567890-12345",
            "00000000000000000000000000000000",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "short",
            "",
        ] {
            assert!(weakness(secret, 32).is_some(), "{secret}");
        }
        assert!(weakness("operator1234", 12).is_some());
    }

    #[test]
    fn random_secrets_are_not_weak() {
        assert_eq!(
            weakness("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 64),
            None
        );
        assert_eq!(weakness("q7Zt0pB1xKc+Vw3mJ8sRfYh5uLd2Ne6a", 32), None);
        assert_eq!(weakness("plum-harbor-42-violet", 12), None);
    }
}
