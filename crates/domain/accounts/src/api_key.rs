use secrecy::{ExposeSecret, SecretString};
use tenon_kernel::{ApiKeyId, Invalid, KeyHolder, KeyScopes, OrganizationId, Timestamp, UserId, line};

use crate::OpaqueToken;

/// What an API key is called: one line of 1 to 100 characters. Names need not be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyName(String);

impl ApiKeyName {
    /// # Errors
    ///
    /// `required`, `too_long`, `invalid_characters`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 100).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a server sends to show that it holds an API key: `tenon_` and 256 random bits as base64url.
#[derive(Debug, Clone)]
pub struct ApiKeyToken(SecretString);

/// What the token of an API key begins with.
const MARK: &str = "tenon_";

/// The characters of a token.
const LENGTH: usize = MARK.len() + 43;

impl ApiKeyToken {
    /// A token of these random bits.
    pub fn new(random: &OpaqueToken) -> Self {
        Self(format!("{MARK}{}", random.expose()).into())
    }

    /// Whether a text is meant as the token of an API key, and as nothing else.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// Takes what was received, if it has the form of a token.
    pub fn read(text: &str) -> Option<Self> {
        let random = text.strip_prefix(MARK)?;
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (text.len() == LENGTH && random.bytes().all(base64url)).then(|| Self(text.to_owned().into()))
    }

    /// The text, to be sent to its owner and nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The part that may be shown.
    pub fn prefix(&self) -> KeyPrefix {
        KeyPrefix(self.expose().chars().take(KeyPrefix::LENGTH).collect())
    }

    /// The whole text as what is digested.
    pub(crate) fn opaque(&self) -> OpaqueToken {
        OpaqueToken::new(self.expose().to_owned())
    }
}

/// The first 12 characters of a token: enough to tell keys apart, too few to guess the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// In characters.
    const LENGTH: usize = 12;

    /// Takes a stored prefix as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What lets the servers of an organization use the API, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub organization: OrganizationId,
    pub name: ApiKeyName,
    pub prefix: KeyPrefix,
    /// What it may be used for.
    pub scopes: KeyScopes,
    /// In whose name it acts.
    pub created_by: UserId,
    pub created_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Timestamp>,
    /// From then on it is refused.
    pub expires_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whoever holds it.
    pub const fn holder(&self) -> KeyHolder {
        KeyHolder {
            key: self.id,
            organization: self.organization,
            creator: self.created_by,
            scopes: self.scopes,
        }
    }
}

/// An API key to be.
#[derive(Debug, Clone)]
pub struct ApiKeyDraft {
    pub name: ApiKeyName,
    /// At least one.
    pub scopes: KeyScopes,
    pub expires_at: Option<Timestamp>,
}

/// A new API key with its token, which is shown this once and stored as a digest only.
#[derive(Debug, Clone)]
pub struct IssuedKey {
    pub key: ApiKey,
    pub token: ApiKeyToken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_mark_and_reads_back() {
        let token = ApiKeyToken::new(&OpaqueToken::new("aB3-_".repeat(9)[..43].to_owned()));
        assert_eq!(token.expose().len(), 49);
        assert_eq!(token.prefix().as_str(), "tenon_aB3-_a");
        assert!(ApiKeyToken::is_meant(token.expose()));
        assert_eq!(ApiKeyToken::read(token.expose()).unwrap().expose(), token.expose());
        assert!(!format!("{token:?}").contains("aB3"));
    }

    #[test]
    fn a_text_of_another_form_is_no_token() {
        let good = format!("tenon_{}", "a".repeat(43));
        assert!(ApiKeyToken::read(&good).is_some());
        for text in [
            String::new(),
            "tenon_".to_owned(),
            good.replace("tenon_", "Tenon_"),
            format!("{good}a"),
            good[..48].to_owned(),
            format!("tenon_{}", "ä".repeat(21) + "a"),
            format!("tenon_{}", "a".repeat(42) + "="),
        ] {
            assert!(ApiKeyToken::read(&text).is_none(), "{text}");
        }
    }
}
