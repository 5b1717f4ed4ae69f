use async_trait::async_trait;
use tenon_kernel::{Timestamp, Unavailable};
use zeroize::Zeroizing;

/// What a notification with resource data carries, as it comes: base64 texts and names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedContent {
    pub data: String,
    /// HMAC-SHA256 of the decoded `data` under the data key.
    pub data_signature: String,
    /// The data key under the certificate's public key: RSA-OAEP with SHA-1.
    pub data_key: String,
    /// The id that the subscription gave the certificate.
    pub certificate_id: String,
    /// The certificate's SHA-1 digest, 40 hexadecimal digits in any case.
    pub certificate_thumbprint: String,
}

/// A certificate as Graph is given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicCertificate {
    /// Chosen by Tenon.
    pub id: String,
    /// DER.
    pub der: Vec<u8>,
}

/// A certificate that was just made.
pub struct NewCertificate {
    /// DER, self-signed, RSA of 2,048 bits.
    pub der: Vec<u8>,
    /// SHA-1 of it, 40 hexadecimal digits in upper case.
    pub thumbprint: String,
    /// PKCS #8, DER.
    pub private_key: Zeroizing<Vec<u8>>,
    pub not_after: Timestamp,
}

/// A certificate whose key is at hand.
pub struct Certificate {
    pub id: String,
    pub thumbprint: String,
    /// PKCS #8, DER.
    pub private_key: Zeroizing<Vec<u8>>,
}

/// Why an envelope was not opened. Says which step failed, to whoever operates Tenon, never to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// A part is not base64, or has no possible length.
    #[error("a part of the encrypted content is malformed")]
    Malformed,
    /// The thumbprint is another certificate's.
    #[error("the content is encrypted for another certificate")]
    OtherCertificate,
    /// The data key does not decrypt to 32 bytes.
    #[error("the data key does not decrypt")]
    DataKey,
    /// The signature is not that of the data.
    #[error("the data does not match its signature")]
    Signature,
    /// The data does not decrypt.
    #[error("the data does not decrypt")]
    Data,
    /// The private key is not one.
    #[error("the private key cannot be used")]
    PrivateKey,
}

/// Makes certificates, and opens what was encrypted for them. Takes milliseconds of the processor, so not on a thread that serves.
pub trait Envelope: Send + Sync {
    /// A new certificate, good for a year.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] without randomness.
    fn certificate(&self, now: Timestamp) -> Result<NewCertificate, Unavailable>;

    /// The resource in clear: MUST compare the signature, in constant time, before it decrypts the data.
    ///
    /// # Errors
    ///
    /// As [`EnvelopeError`] says.
    fn open(&self, certificate: &Certificate, content: &EncryptedContent) -> Result<Zeroizing<Vec<u8>>, EnvelopeError>;
}

/// Whom a validation token was issued for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Verified {
    /// `aud`: our application id.
    pub client: String,
    /// `tid`: the directory.
    pub tenant: String,
}

/// Why validation tokens do not vouch for a batch.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// One of them is not what it must be; the text says which claim, and holds nothing of the token.
    #[error("a validation token is not valid: {0}")]
    Forged(&'static str),
    /// The keys cannot be had now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Checks the tokens with which Graph vouches for notifications with resource data.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// MUST verify every token: RS256 by a published key; `exp` and `nbf`; `aud` among `clients`; `ver` `1.0` with `appid` or `2.0` with `azp` equal to
    /// `0bf30f3b-4a52-48df-9a82-234910c4a086`; `iss` `https://sts.windows.net/{tid}/` or `https://login.microsoftonline.com/{tid}/v2.0`.
    ///
    /// `now` is when the batch came: its tokens may end before it is processed.
    ///
    /// # Errors
    ///
    /// As [`TokenError`] says; also when there is no token at all.
    async fn verify(&self, tokens: &[String], clients: &[String], now: Timestamp) -> Result<Vec<Verified>, TokenError>;
}
