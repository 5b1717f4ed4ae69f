use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use tenon_kernel::Invalid;
use zeroize::Zeroizing;

/// The longest text of a certificate or a key, in bytes.
const LONGEST: usize = 16 * 1024;

/// One certificate or key as text (RFC 7468).
#[derive(Debug, Clone)]
pub struct Pem {
    text: SecretString,
    label: &'static str,
}

impl Pem {
    /// A certificate of X.509.
    ///
    /// # Errors
    ///
    /// `too_long`, `invalid_pem`.
    pub fn certificate(text: SecretString) -> Result<Self, Invalid> {
        let expected = "Must be one certificate in PEM: from `-----BEGIN CERTIFICATE-----` to its end line.";
        Self::parse(text, "CERTIFICATE", expected)
    }

    /// A private key in PKCS #8, not encrypted.
    ///
    /// # Errors
    ///
    /// `too_long`, `invalid_pem`.
    pub fn private_key(text: SecretString) -> Result<Self, Invalid> {
        let expected = "Must be one unencrypted key in PEM of PKCS #8, as `openssl pkcs8 -topk8 -nodes` writes it.";
        Self::parse(text, "PRIVATE KEY", expected)
    }

    fn parse(text: SecretString, label: &'static str, expected: &'static str) -> Result<Self, Invalid> {
        if text.expose_secret().len() > LONGEST {
            return Err(Invalid::new("too_long", format!("At most {LONGEST} bytes.")));
        }
        match der(text.expose_secret(), label) {
            Some(der) if !der.is_empty() => Ok(Self { text, label }),
            Some(_) | None => Err(Invalid::new("invalid_pem", expected)),
        }
    }

    /// The text, as it was given.
    pub fn text(&self) -> &str {
        self.text.expose_secret()
    }

    /// What the text spells, in DER.
    pub fn der(&self) -> Zeroizing<Vec<u8>> {
        der(self.text.expose_secret(), self.label).unwrap_or_default()
    }
}

fn der(text: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = text.trim().strip_prefix(&format!("-----BEGIN {label}-----"))?;
    let body = body.strip_suffix(&format!("-----END {label}-----"))?;
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    digits.extend(body.split_whitespace());
    BASE64_STANDARD.decode(digits.as_bytes()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-----BEGIN CERTIFICATE-----\r\nAAEC\r\nAwQF\r\n-----END CERTIFICATE-----\n";

    #[test]
    fn a_text_becomes_its_bytes_and_stays_as_it_was() {
        let pem = Pem::certificate(TEXT.into()).unwrap();
        assert_eq!(pem.der().as_slice(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(pem.text(), TEXT);
    }

    #[test]
    fn what_is_not_one_certificate_or_key_is_refused() {
        let encrypted = TEXT.replace("CERTIFICATE", "ENCRYPTED PRIVATE KEY");
        let two = format!("{TEXT}{TEXT}");
        for text in ["", "AAEC", &TEXT[1..], &encrypted, &two, &TEXT.replace("AAEC", "A~EC")] {
            assert_eq!(Pem::certificate(text.into()).unwrap_err().code, "invalid_pem", "{text}");
        }
        assert_eq!(Pem::private_key(TEXT.into()).unwrap_err().code, "invalid_pem");
        let empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----";
        assert_eq!(Pem::certificate(empty.into()).unwrap_err().code, "invalid_pem");
        assert_eq!(
            Pem::certificate("A".repeat(20_000).into()).unwrap_err().code,
            "too_long"
        );
        assert!(Pem::private_key(TEXT.replace("CERTIFICATE", "PRIVATE KEY").into()).is_ok());
    }

    #[test]
    fn a_key_is_not_shown() {
        let pem = Pem::certificate(TEXT.into()).unwrap();
        assert!(!format!("{pem:?}").contains("AAEC"));
    }
}
