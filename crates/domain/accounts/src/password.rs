use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use secrecy::{ExposeSecret, SecretString};
use tenon_kernel::Invalid;

use crate::Email;

/// A password good enough to be set: 12 to 1,024 characters, none of the well-known ones, not the product's name, not the
/// account's own email. There are no composition rules and nothing is cut off (NIST SP 800-63B, section 5.1.1.2).
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// The fewest characters.
    pub const MIN: usize = 12;
    /// The most characters.
    pub const MAX: usize = 1024;

    /// Checks `secret` as the new password of the account with `email`.
    ///
    /// # Errors
    ///
    /// `too_short`, `too_long`, `too_common`.
    pub fn parse(secret: SecretString, email: &Email) -> Result<Self, Invalid> {
        let secret = composed(secret);
        let text = secret.expose_secret();
        let length = text.chars().count();
        if length < Self::MIN {
            return Err(Invalid::new("too_short", "At least 12 characters."));
        }
        if length > Self::MAX {
            return Err(Invalid::new("too_long", "At most 1024 characters."));
        }
        if is_guessable(&text.to_lowercase(), email) {
            return Err(Invalid::new(
                "too_common",
                "Too easy to guess: choose one that nobody else would.",
            ));
        }
        Ok(Self(secret))
    }

    /// The characters in one spelling, for hashing.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// The password with each letter and its accents as one character where there is one: keyboards differ in what they make of the same keys
/// (NIST SP 800-63B, section 5.1.1.2; RFC 8265, section 4.2.2).
pub(crate) fn composed(secret: SecretString) -> SecretString {
    match ComposingNormalizerBorrowed::new_nfc().normalize(secret.expose_secret()) {
        Cow::Borrowed(_) => secret,
        Cow::Owned(composed) => composed.into(),
    }
}

fn is_guessable(password: &str, email: &Email) -> bool {
    let letters: String = password.chars().filter(|c| c.is_alphabetic()).collect();
    let distinct = password.chars().collect::<HashSet<_>>().len();
    let local = email.as_str().split('@').next().unwrap_or_default();
    COMMON.contains(password)
        || COMMON.contains(repeated(password))
        || distinct < 5
        || letters.replace("tenon", "").is_empty() && letters.contains("tenon")
        || password == email.as_str()
        || password == local
}

/// What a password is made of that says the same thing again and again; the password itself when it does not.
fn repeated(password: &str) -> &str {
    (1..=password.len() / 2)
        .filter(|length| password.len().is_multiple_of(*length))
        .filter_map(|length| password.get(..length))
        .find(|unit| unit.repeat(password.len() / unit.len()) == password)
        .unwrap_or(password)
}

/// The 3,000 most frequent passwords of public leaks, and all of 12 characters and more among the first 30,000 (list of the
/// `zxcvbn` project, MIT licence).
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// What somebody typed as their password when signing in. Any text up to 4,096 bytes.
#[derive(Debug, Clone)]
pub struct PasswordAttempt(SecretString);

impl PasswordAttempt {
    /// # Errors
    ///
    /// `required`, `too_long`.
    pub fn parse(secret: SecretString) -> Result<Self, Invalid> {
        match secret.expose_secret().len() {
            0 => Err(Invalid::new("required", "Must not be empty.")),
            1..=4096 => Ok(Self(composed(secret))),
            _ => Err(Invalid::new("too_long", "At most 4096 bytes.")),
        }
    }

    /// The characters in one spelling, for comparing.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// A hash in PHC string format that carries its own parameters and salt.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a hash as it was made or stored.
    pub const fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<&'static str> {
        let email = Email::parse("ada.lovelace@example.com").unwrap();
        Password::parse(text.into(), &email).err().map(|invalid| invalid.code)
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(refusal("elevenchars"), Some("too_short"));
        assert_eq!(refusal("zwölf Zeichn"), None);
        assert_eq!(refusal(&"wxyzv".repeat(204)), None);
        assert_eq!(refusal(&"wxyzv".repeat(205)), Some("too_long"));
    }

    #[test]
    fn what_everybody_guesses_first_is_refused() {
        for text in [
            "1q2w3e4r5t6y",
            "1Q2w3e4r5t6Y",
            "aaaaaaaaaaaaa",
            "passwordpassword",
            "dragondragondragon",
            "121212121212",
            "Tenon1234567!",
            "tenon-tenon-tenon",
            "ada.lovelace@example.com",
            "Ada.Lovelace",
        ] {
            assert_eq!(refusal(text), Some("too_common"), "{text}");
        }
    }

    #[test]
    fn letters_with_accents_have_one_spelling() {
        let email = Email::parse("ada@example.com").unwrap();
        let (together, apart) = ("gr\u{fc}ne Pumpe 7", "gru\u{308}ne Pumpe 7");
        let secrets = [together, apart].map(|text| {
            let (new, attempt) = (
                Password::parse(text.into(), &email),
                PasswordAttempt::parse(text.into()),
            );
            [new.unwrap().secret().clone(), attempt.unwrap().secret().clone()]
        });
        for secret in secrets.as_flattened() {
            assert_eq!(secret.expose_secret(), together);
        }
        assert_eq!(refusal(&"u\u{308}".repeat(6)), Some("too_short"));
    }

    #[test]
    fn a_hash_does_not_print_itself() {
        assert_eq!(
            format!("{:?}", PasswordHash::new("$argon2id$secret".into())),
            "PasswordHash"
        );
    }
}
