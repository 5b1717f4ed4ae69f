use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use tenon_kernel::Invalid;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{CredentialKind, Pem};

/// What is secret of a credential, by its kind.
#[derive(Debug, Clone)]
pub enum Values {
    Secret(SecretText),
    MicrosoftGraph(GraphApp),
}

/// 1 to 16,384 bytes of text.
#[derive(Debug, Clone)]
pub struct SecretText(SecretString);

/// An application as Microsoft's identity platform knows it.
#[derive(Debug, Clone)]
pub struct GraphApp {
    pub directory: Directory,
    pub client: ClientId,
    pub proof: GraphProof,
}

/// How an application proves that it is the one.
#[derive(Debug, Clone)]
pub enum GraphProof {
    Secret(SecretText),
    Certificate { certificate: Pem, private_key: Pem },
}

/// The directory (tenant) of an application: a UUID or a domain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory(String);

/// The id of an application, a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientId(Uuid);

const VALUE: &str = "value";
const TENANT_ID: &str = "tenantId";
const CLIENT_ID: &str = "clientId";
const CLIENT_SECRET: &str = "clientSecret";
const CERTIFICATE: &str = "certificate";
const PRIVATE_KEY: &str = "privateKey";

impl SecretText {
    /// The longest, in bytes.
    pub const LONGEST: usize = 16 * 1024;

    /// Takes a secret as it is.
    ///
    /// # Errors
    ///
    /// `required` when empty, `too_long`.
    pub fn parse(text: SecretString) -> Result<Self, Invalid> {
        match text.expose_secret().len() {
            0 => Err(Invalid::new("required", "Must not be empty.")),
            1..=Self::LONGEST => Ok(Self(text)),
            _ => Err(Invalid::new("too_long", format!("At most {} bytes.", Self::LONGEST))),
        }
    }

    /// The secret, for whoever seals it.
    pub const fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl Directory {
    /// Reads a tenant's id or one of its domain names.
    ///
    /// # Errors
    ///
    /// `invalid_tenant`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(byte) && !label.starts_with('-');
        if (1..=253).contains(&text.len()) && text.split('.').all(label) {
            return Ok(Self(text.to_owned()));
        }
        let message = "Must be the id of the directory, a UUID, or one of its domain names, in lower case.";
        Err(Invalid::new("invalid_tenant", message))
    }

    /// The id or the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ClientId {
    /// Reads a UUID.
    ///
    /// # Errors
    ///
    /// `invalid_id`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
        let id = Uuid::try_parse(text).ok().filter(|_| hyphenated);
        id.map(Self)
            .ok_or_else(|| Invalid::new("invalid_id", "Must be a UUID: the application (client) id."))
    }
}

impl std::fmt::Display for ClientId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Values {
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::Secret(_) => CredentialKind::Secret,
            Self::MicrosoftGraph(_) => CredentialKind::MicrosoftGraph,
        }
    }

    /// The text that is sealed: a JSON object.
    pub(crate) fn text(&self) -> Zeroizing<Vec<u8>> {
        let client;
        let pairs: Vec<(&str, &str)> = match self {
            Self::Secret(text) => vec![(VALUE, text.0.expose_secret())],
            Self::MicrosoftGraph(app) => {
                client = app.client.to_string();
                let mut pairs = vec![(TENANT_ID, app.directory.as_str()), (CLIENT_ID, client.as_str())];
                match &app.proof {
                    GraphProof::Secret(secret) => pairs.push((CLIENT_SECRET, secret.0.expose_secret())),
                    GraphProof::Certificate {
                        certificate,
                        private_key,
                    } => pairs.extend([(CERTIFICATE, certificate.text()), (PRIVATE_KEY, private_key.text())]),
                }
                pairs
            }
        };
        let object: BTreeMap<&str, &str> = pairs.into_iter().collect();
        // Escaped, a byte takes six at most; a buffer that grows would leave copies behind.
        let most = object.iter().map(|(name, text)| name.len() + 6 * text.len() + 8);
        let mut text = Zeroizing::new(Vec::with_capacity(2 + most.sum::<usize>()));
        match serde_json::to_writer(&mut *text, &object) {
            Ok(()) => text,
            Err(_) => unreachable!("texts are written into memory"),
        }
    }

    /// Reads what [`Values::text`] wrote.
    pub(crate) fn read(kind: CredentialKind, text: &[u8]) -> Option<Self> {
        let mut object: BTreeMap<String, SecretString> = serde_json::from_slice(text).ok()?;
        let values = match kind {
            CredentialKind::Secret => Self::Secret(SecretText::parse(object.remove(VALUE)?).ok()?),
            CredentialKind::MicrosoftGraph => Self::MicrosoftGraph(GraphApp {
                directory: Directory::parse(object.remove(TENANT_ID)?.expose_secret()).ok()?,
                client: ClientId::parse(object.remove(CLIENT_ID)?.expose_secret()).ok()?,
                proof: match object.remove(CLIENT_SECRET) {
                    Some(secret) => GraphProof::Secret(SecretText::parse(secret).ok()?),
                    None => GraphProof::Certificate {
                        certificate: Pem::certificate(object.remove(CERTIFICATE)?).ok()?,
                        private_key: Pem::private_key(object.remove(PRIVATE_KEY)?).ok()?,
                    },
                },
            }),
        };
        object.is_empty().then_some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "6731de76-14a6-49ae-97bc-6eba6914391e";

    fn text(text: &str) -> SecretText {
        SecretText::parse(text.into()).unwrap()
    }

    fn app(proof: GraphProof) -> Values {
        Values::MicrosoftGraph(GraphApp {
            directory: Directory::parse("contoso.onmicrosoft.com").unwrap(),
            client: ClientId::parse(CLIENT).unwrap(),
            proof,
        })
    }

    #[test]
    fn what_is_sealed_is_a_json_object_that_reads_back() {
        let pem = |label: &str| format!("-----BEGIN {label}-----\nAAEC\n-----END {label}-----\n").into();
        let certificate = GraphProof::Certificate {
            certificate: Pem::certificate(pem("CERTIFICATE")).unwrap(),
            private_key: Pem::private_key(pem("PRIVATE KEY")).unwrap(),
        };
        for (values, expected) in [
            (
                Values::Secret(text("a\"\u{1} 工場")),
                r#"{"value":"a\"\u0001 工場"}"#.to_owned(),
            ),
            (
                app(GraphProof::Secret(text("s~e.cret"))),
                format!(r#"{{"clientId":"{CLIENT}","clientSecret":"s~e.cret","tenantId":"contoso.onmicrosoft.com"}}"#),
            ),
            (
                app(certificate),
                format!(
                    r#"{{"certificate":"-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n","clientId":"{CLIENT}","privateKey":"-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n","tenantId":"contoso.onmicrosoft.com"}}"#
                ),
            ),
        ] {
            assert_eq!(String::from_utf8(values.text().to_vec()).unwrap(), expected);
            let read = Values::read(values.kind(), expected.as_bytes()).unwrap();
            assert_eq!(read.text(), values.text());
        }
    }

    #[test]
    fn the_buffer_never_grows() {
        let worst = Values::Secret(text(&"\u{1}".repeat(SecretText::LONGEST)));
        let written = worst.text();
        assert!(written.len() <= 2 + VALUE.len() + 6 * SecretText::LONGEST + 8);
    }

    #[test]
    fn another_kinds_text_does_not_read() {
        let secret = Values::Secret(text("x")).text();
        assert!(Values::read(CredentialKind::MicrosoftGraph, &secret).is_none());
        assert!(Values::read(CredentialKind::Secret, b"{\"value\":\"x\",\"more\":\"y\"}").is_none());
        assert!(Values::read(CredentialKind::Secret, b"{\"value\":1}").is_none());
    }

    #[test]
    fn a_directory_is_a_uuid_or_a_domain_name() {
        for text in ["84bd8158-6d4d-4958-8b9f-9d6445542f95", "contoso.com", "a-b.c"] {
            assert_eq!(Directory::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            ".",
            "a..b",
            "Contoso.com",
            "a/b",
            "a?b",
            "../a",
            "-a.b",
            "a b",
            &"a.".repeat(200),
        ] {
            assert_eq!(Directory::parse(text).unwrap_err().code, "invalid_tenant", "{text}");
        }
    }

    #[test]
    fn a_client_is_a_uuid_with_hyphens() {
        assert_eq!(ClientId::parse(CLIENT).unwrap().to_string(), CLIENT);
        for text in ["", "x", &CLIENT.replace('-', ""), &format!("{{{CLIENT}}}")] {
            assert_eq!(ClientId::parse(text).unwrap_err().code, "invalid_id", "{text}");
        }
    }

    #[test]
    fn a_secret_has_1_to_16384_bytes_and_is_not_shown() {
        assert_eq!(SecretText::parse("".into()).unwrap_err().code, "required");
        assert_eq!(
            SecretText::parse("x".repeat(16_385).into()).unwrap_err().code,
            "too_long"
        );
        let longest = text(&"canary".repeat(2_730));
        assert!(!format!("{longest:?}").contains("canary"));
    }
}
