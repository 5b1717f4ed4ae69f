use std::time::Duration;

use aws_lc_rs::cipher::{AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::{FixedLength, IV_LEN_128_BIT};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize};
use tenon_graph::{Certificate, EncryptedContent, Envelope, EnvelopeError, NewCertificate};
use tenon_kernel::{Timestamp, Unavailable};
use time::OffsetDateTime;
use zeroize::Zeroizing;

const LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How far another clock may be behind.
const BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

const KEY: usize = 32;

/// Envelopes as Microsoft's page on rich notifications describes them, by AWS-LC.
#[derive(Debug, Clone, Copy, Default)]
pub struct AwsLcEnvelope;

impl Envelope for AwsLcEnvelope {
    fn certificate(&self, now: Timestamp) -> Result<NewCertificate, Unavailable> {
        let not_after = now.plus(LIFE);
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).map_err(failed)?;
        let mut wanted = CertificateParams::default();
        wanted.not_before = moment(now.minus(BEFORE))?;
        wanted.not_after = moment(not_after)?;
        wanted.distinguished_name = rcgen::DistinguishedName::new();
        wanted
            .distinguished_name
            .push(DnType::CommonName, "Tenon notifications");
        wanted.key_usages = vec![KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::DataEncipherment];
        let der = wanted.self_signed(&key).map_err(failed)?.der().to_vec();
        Ok(NewCertificate {
            thumbprint: thumbprint(&der),
            der,
            private_key: Zeroizing::new(key.serialize_der()),
            not_after,
        })
    }

    fn open(&self, certificate: &Certificate, content: &EncryptedContent) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        if !certificate
            .thumbprint
            .eq_ignore_ascii_case(&content.certificate_thumbprint)
        {
            return Err(EnvelopeError::OtherCertificate);
        }
        let private = private_key(certificate)?;
        let mut data = decode(&content.data)?;
        let signature = decode(&content.data_signature)?;
        let key = data_key(&private, &decode(&content.data_key)?)?;
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &*key), &data, &signature)
            .map_err(|_| EnvelopeError::Signature)?;
        let length = decrypt(&key, &mut data)?;
        data.truncate(length);
        Ok(data)
    }
}

fn private_key(certificate: &Certificate) -> Result<OaepPrivateDecryptingKey, EnvelopeError> {
    PrivateDecryptingKey::from_pkcs8(&certificate.private_key)
        .ok()
        .and_then(|key| OaepPrivateDecryptingKey::new(key).ok())
        .ok_or(EnvelopeError::PrivateKey)
}

fn data_key(private: &OaepPrivateDecryptingKey, encrypted: &[u8]) -> Result<Zeroizing<[u8; KEY]>, EnvelopeError> {
    if encrypted.len() != private.key_size_bytes() {
        return Err(EnvelopeError::Malformed);
    }
    let mut room = Zeroizing::new(vec![0; private.min_output_size()]);
    let key = private
        .decrypt(&OAEP_SHA1_MGF1SHA1, encrypted, &mut room, None)
        .map_err(|_| EnvelopeError::DataKey)?;
    let key: &[u8; KEY] = (&*key).try_into().map_err(|_| EnvelopeError::DataKey)?;
    Ok(Zeroizing::new(*key))
}

/// Decrypts in place, and says how much of `data` is the text. The first 16 bytes of the key are the IV.
fn decrypt(key: &[u8; KEY], data: &mut [u8]) -> Result<usize, EnvelopeError> {
    let iv: FixedLength<IV_LEN_128_BIT> = key.first_chunk::<IV_LEN_128_BIT>().ok_or(EnvelopeError::Data)?.into();
    let cipher = UnboundCipherKey::new(&AES_256, key)
        .and_then(PaddedBlockDecryptingKey::cbc_pkcs7)
        .map_err(|_| EnvelopeError::Data)?;
    let text = cipher
        .decrypt(data, DecryptionContext::Iv128(iv))
        .map_err(|_| EnvelopeError::Data)?;
    Ok(text.len())
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    STANDARD
        .decode(text)
        .map(Zeroizing::new)
        .map_err(|_| EnvelopeError::Malformed)
}

fn thumbprint(der: &[u8]) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, der);
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn moment(time: Timestamp) -> Result<OffsetDateTime, Unavailable> {
    OffsetDateTime::from_unix_timestamp(time.as_seconds()).map_err(|error| Unavailable::new("the clock", error))
}

fn failed(error: rcgen::Error) -> Unavailable {
    Unavailable::new("making a certificate", error)
}
