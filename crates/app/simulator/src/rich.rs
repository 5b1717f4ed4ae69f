use aws_lc_rs::cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{KeySize, OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Forgery;
use crate::signer::KeyError;
use crate::x509;

/// A certificate that notifications are encrypted for.
#[derive(Clone)]
pub struct Recipient {
    pub id: String,
    thumbprint: String,
    key: Vec<u8>,
}

impl Recipient {
    /// None when it is no certificate with an RSA key of 2,048 bits or more.
    pub fn new(id: String, certificate: &[u8]) -> Option<Self> {
        let key = x509::public_key(certificate)?;
        PublicEncryptingKey::from_der(key).ok()?;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
        Some(Self {
            id,
            thumbprint: hex::encode_upper(digest),
            key: key.to_vec(),
        })
    }

    /// `encryptedContent` of this resource, or one that is wrong in this way.
    pub fn seal(&self, resource: &Value, wrong: Option<Forgery>) -> Result<Value, KeyError> {
        let mut key = [0; 32];
        rand::fill(&mut key)?;
        let mut data = resource.to_string().into_bytes();
        let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &key)?)?;
        let iv: FixedLength<16> = key.first_chunk::<16>().ok_or(KeyError)?.into();
        cipher.less_safe_encrypt(&mut data, EncryptionContext::Iv128(iv))?;
        let mut signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &data)
            .as_ref()
            .to_vec();
        let mut encrypted = self.encrypt(&key, wrong)?;
        match wrong {
            Some(Forgery::BrokenData) => flip(&mut data),
            Some(Forgery::BrokenSignature) => flip(&mut signature),
            Some(Forgery::BrokenKey) => flip(&mut encrypted),
            _ => {}
        }
        let id = match wrong {
            Some(Forgery::UnknownCertificate) => Uuid::new_v4().to_string(),
            _ => self.id.clone(),
        };
        Ok(json!({
            "data": STANDARD.encode(data),
            "dataSignature": STANDARD.encode(signature),
            "dataKey": STANDARD.encode(encrypted),
            "encryptionCertificateId": id,
            "encryptionCertificateThumbprint": self.thumbprint,
        }))
    }

    fn encrypt(&self, key: &[u8], wrong: Option<Forgery>) -> Result<Vec<u8>, KeyError> {
        let public = match wrong {
            Some(Forgery::OtherCertificate) => PrivateDecryptingKey::generate(KeySize::Rsa2048)?.public_key(),
            _ => PublicEncryptingKey::from_der(&self.key).map_err(|_| KeyError)?,
        };
        let public = OaepPublicEncryptingKey::new(public)?;
        let mut room = vec![0; public.ciphertext_size()];
        let encrypted = public.encrypt(&OAEP_SHA1_MGF1SHA1, key, &mut room, None)?;
        Ok(encrypted.to_vec())
    }
}

fn flip(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
}
