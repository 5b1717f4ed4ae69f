use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Forgery;

/// The application that posts Graph's change notifications.
const PUBLISHER: &str = "0bf30f3b-4a52-48df-9a82-234910c4a086";

/// Somebody else, wherever somebody is needed.
pub const STRANGER: &str = "00000000-0000-4000-8000-00000000000f";

const HOUR: i64 = 3600;

/// The keys that tokens are signed with.
pub struct Signer {
    current: Key,
    /// Published still, and used no more.
    old: Vec<Value>,
    /// Never published.
    secret: Key,
}

struct Key {
    pair: RsaKeyPair,
    id: String,
}

/// There is no randomness, or RSA failed.
#[derive(Debug, thiserror::Error)]
#[error("a key cannot be made or used")]
pub struct KeyError;

impl From<aws_lc_rs::error::Unspecified> for KeyError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}

impl Signer {
    pub fn new() -> Result<Self, KeyError> {
        Ok(Self {
            current: Key::new()?,
            old: Vec::new(),
            secret: Key::new()?,
        })
    }

    /// Signs with a new key from now on. The one before stays published, or is withdrawn.
    pub fn rotate(&mut self, keep: bool) -> Result<(), KeyError> {
        let old = std::mem::replace(&mut self.current, Key::new()?);
        if keep {
            self.old.push(old.published());
        } else {
            self.old.clear();
        }
        Ok(())
    }

    /// The list of keys.
    pub fn published(&self) -> Value {
        let keys: Vec<&Value> = self.old.iter().collect();
        let mut list = json!({"keys": keys});
        if let Some(keys) = list.get_mut("keys").and_then(Value::as_array_mut) {
            keys.push(self.current.published());
        }
        list
    }

    /// A validation token of version 1.0 or 2.0, or one that is wrong in this way.
    pub fn token(
        &self,
        tenant: &str,
        client: &str,
        first_version: bool,
        wrong: Option<Forgery>,
    ) -> Result<String, KeyError> {
        let claims = claims(tenant, client, first_version, wrong);
        match wrong {
            Some(Forgery::TokenUnsigned) => Ok(format!("{}.", message(&json!({"alg": "none", "typ": "JWT"}), &claims))),
            Some(Forgery::TokenHmac) => {
                let message = message(&json!({"alg": "HS256", "typ": "JWT", "kid": self.current.id}), &claims);
                let secret = self.current.modulus();
                let tag = hmac::sign(
                    &hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
                    message.as_bytes(),
                );
                Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag)))
            }
            Some(Forgery::TokenUnknownKey) => self.secret.sign(&self.secret.id, &claims),
            Some(Forgery::TokenSignature) => self.secret.sign(&self.current.id, &claims),
            _ => self.current.sign(&self.current.id, &claims),
        }
    }
}

fn claims(tenant: &str, client: &str, first_version: bool, wrong: Option<Forgery>) -> Value {
    let is = |forgery| wrong == Some(forgery);
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let issuer = match (is(Forgery::TokenIssuer), first_version) {
        (true, _) => format!("https://sts.windows.net/{STRANGER}/"),
        (false, true) => format!("https://sts.windows.net/{tenant}/"),
        (false, false) => format!("https://login.microsoftonline.com/{tenant}/v2.0"),
    };
    let start = match wrong {
        Some(Forgery::TokenExpired) => now - 2 * HOUR,
        Some(Forgery::TokenNotYet) => now + HOUR,
        _ => now,
    };
    let version = match (is(Forgery::TokenVersion), first_version) {
        (true, _) => "3.0",
        (false, true) => "1.0",
        (false, false) => "2.0",
    };
    let mut claims = json!({
        "aud": if is(Forgery::TokenAudience) { STRANGER } else { client },
        "iss": issuer,
        "iat": start,
        "nbf": start,
        "exp": start + HOUR,
        "ver": version,
    });
    if let Some(members) = claims.as_object_mut() {
        let publisher = if is(Forgery::TokenPublisher) {
            STRANGER
        } else {
            PUBLISHER
        };
        members.insert(if first_version { "appid" } else { "azp" }.to_owned(), json!(publisher));
        if !is(Forgery::TokenTenant) {
            members.insert("tid".to_owned(), json!(tenant));
        }
    }
    claims
}

impl Key {
    fn new() -> Result<Self, KeyError> {
        Ok(Self {
            pair: RsaKeyPair::generate(KeySize::Rsa2048)?,
            id: Uuid::new_v4().simple().to_string(),
        })
    }

    fn modulus(&self) -> String {
        let modulus = self.pair.public_key().modulus();
        URL_SAFE_NO_PAD.encode(modulus.big_endian_without_leading_zero())
    }

    fn published(&self) -> Value {
        let exponent = self.pair.public_key().exponent();
        json!({
            "kty": "RSA",
            "use": "sig",
            "kid": self.id,
            "x5t": self.id,
            "n": self.modulus(),
            "e": URL_SAFE_NO_PAD.encode(exponent.big_endian_without_leading_zero()),
            "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        })
    }

    fn sign(&self, id: &str, claims: &Value) -> Result<String, KeyError> {
        let message = message(&json!({"alg": "RS256", "typ": "JWT", "kid": id, "x5t": id}), claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn message(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}")
}
