use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tenon_accounts::{OpaqueToken, Salt, Secrets, TokenDigest};
use tenon_graph::ClientStates;
use tenon_kernel::Unavailable;
use zeroize::Zeroizing;

/// Opaque tokens from the operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomSecrets;

impl Secrets for RandomSecrets {
    fn token(&self) -> Result<OpaqueToken, Unavailable> {
        Ok(OpaqueToken::new(
            URL_SAFE_NO_PAD.encode(Zeroizing::new(random::<32>()?)),
        ))
    }

    fn salt(&self) -> Result<Salt, Unavailable> {
        random().map(Salt)
    }

    fn digest(&self, token: &OpaqueToken) -> TokenDigest {
        TokenDigest(Sha256::digest(token.expose()).into())
    }

    fn successor(&self, parent: &OpaqueToken, salt: &Salt) -> OpaqueToken {
        OpaqueToken::new(URL_SAFE_NO_PAD.encode(Zeroizing::new(hmac_sha256(parent.expose().as_bytes(), &[&salt.0]))))
    }

    fn same(&self, one: &SecretString, other: &SecretString) -> bool {
        // Digests have one length, so that the lengths of the secrets do not show in the time either.
        let digest = |secret: &SecretString| Zeroizing::<[u8; 32]>::new(Sha256::digest(secret.expose_secret()).into());
        digest(one).ct_eq(digest(other).as_slice()).into()
    }
}

impl ClientStates for RandomSecrets {
    fn draw(&self) -> Result<SecretString, Unavailable> {
        Ok(hex::encode(Zeroizing::new(random::<16>()?)).into())
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Unavailable> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Unavailable::new("randomness", error.to_string()))?;
    Ok(bytes)
}

/// HMAC-SHA-256 (RFC 2104) of the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_43_characters_of_base64url_and_never_repeat() {
        let secrets = RandomSecrets;
        let tokens: Vec<OpaqueToken> = (0..1000).map(|_| secrets.token().unwrap()).collect();
        for token in &tokens {
            assert_eq!(token.expose().len(), 43);
            assert_eq!(URL_SAFE_NO_PAD.decode(token.expose()).unwrap().len(), 32);
        }
        let distinct: std::collections::HashSet<&str> = tokens.iter().map(OpaqueToken::expose).collect();
        assert_eq!(distinct.len(), tokens.len());
    }

    #[test]
    fn a_digest_is_the_sha_256_of_the_text() {
        let digest = RandomSecrets.digest(&OpaqueToken::new("abc".into()));
        assert_eq!(
            hex::encode(digest.0),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn hmac_agrees_with_rfc_4231() {
        let tag = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            hex::encode(tag),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let tag = hmac_sha256(
            &[0xaa; 131],
            &[b"Test Using Larger Than Block-Size Key - Hash Key First"],
        );
        assert_eq!(
            hex::encode(tag),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_successor_follows_from_its_parent_and_salt_alone() {
        let secrets = RandomSecrets;
        let (parent, other) = (secrets.token().unwrap(), secrets.token().unwrap());
        let (salt, another) = (secrets.salt().unwrap(), secrets.salt().unwrap());
        let successor = secrets.successor(&parent, &salt);
        assert_eq!(successor.expose().len(), 43);
        assert_eq!(successor.expose(), secrets.successor(&parent, &salt).expose());
        assert_ne!(successor.expose(), secrets.successor(&parent, &another).expose());
        assert_ne!(successor.expose(), secrets.successor(&other, &salt).expose());
        assert_ne!(successor.expose(), parent.expose());
    }

    #[test]
    fn secrets_are_the_same_only_when_every_byte_is() {
        let same = |one: &str, other: &str| RandomSecrets.same(&one.into(), &other.into());
        assert!(same("operator password", "operator password"));
        assert!(same("", ""));
        for other in ["operator passwore", "operator passwor", "operator password ", ""] {
            assert!(!same("operator password", other), "{other}");
        }
    }
}
