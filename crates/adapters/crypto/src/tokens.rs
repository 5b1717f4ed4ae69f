//! Access tokens: JSON Web Tokens (RFC 7519) with the profile of RFC 9068, signed with HS256.

mod claims;
mod ring;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use tenon_accounts::{AccessToken, AccessTokens, Claims, Identity, InvalidToken};
use tenon_kernel::{Timestamp, Unavailable};

use claims::WireClaims;
pub use ring::KeyError;
use ring::{Holder, Ring};

/// How far the clock of another instance may be away, in seconds.
const LEEWAY: i64 = 5;

/// Whose tokens these are, and the secrets behind them.
#[derive(Debug, Clone)]
pub struct JwtConfig {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// The first signs; all verify. Each at least 32 bytes, none twice.
    pub keys: Vec<SecretString>,
    /// A change ends the operator's tokens.
    pub operator_password: SecretString,
}

/// Signs and checks access tokens.
///
/// The header of every token is one of the few that this installation writes, byte for byte. A token with any other header
/// is refused unread, so that nothing in it (`alg`, `jku`, `jwk`, `x5u`, `crit`) can be believed by mistake.
#[derive(Debug)]
pub struct JwtTokens {
    issuer: String,
    audience: String,
    ring: Ring,
}

impl JwtTokens {
    /// A signer and checker with these keys.
    ///
    /// # Errors
    ///
    /// As [`KeyError`] says.
    pub fn new(config: &JwtConfig) -> Result<Self, KeyError> {
        let ring = Ring::new(&config.keys, &config.operator_password)?;
        Ok(Self {
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            ring,
        })
    }
}

impl AccessTokens for JwtTokens {
    fn sign(&self, claims: &Claims) -> Result<AccessToken, Unavailable> {
        let holder = match claims.identity {
            Identity::Member { .. } => Holder::Member,
            Identity::Operator => Holder::Operator,
        };
        let key = self
            .ring
            .newest(holder)
            .ok_or_else(|| Unavailable::new("signing", "there is no key"))?;
        let wire = WireClaims::new(claims, &self.issuer, &self.audience);
        let payload = serde_json::to_vec(&wire).map_err(|error| Unavailable::new("signing", error))?;
        let mut token = String::with_capacity(key.header().len() + payload.len().div_ceil(3) * 4 + 45);
        token.push_str(key.header());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = key.sign(token.as_bytes())?;
        token.push('.');
        token.push_str(&signature);
        Ok(AccessToken::new(token))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, InvalidToken> {
        let (message, signature) = token.rsplit_once('.').ok_or(InvalidToken::Invalid)?;
        let (header, payload) = message.split_once('.').ok_or(InvalidToken::Invalid)?;
        let key = self.ring.find(header).ok_or(InvalidToken::Invalid)?;
        if !key.signed(message.as_bytes(), signature) {
            return Err(InvalidToken::Invalid);
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| InvalidToken::Invalid)?;
        let wire: WireClaims<'_> = serde_json::from_slice(&payload).map_err(|_| InvalidToken::Invalid)?;
        if wire.iss != self.issuer || wire.aud != self.audience {
            return Err(InvalidToken::Invalid);
        }
        let claims = wire.read(key.holder())?;
        let now = now.as_seconds();
        if now.saturating_add(LEEWAY) < wire.nbf.max(wire.iat) {
            return Err(InvalidToken::Invalid);
        }
        if now >= wire.exp.saturating_add(LEEWAY) {
            return Err(InvalidToken::Expired);
        }
        Ok(claims)
    }
}
