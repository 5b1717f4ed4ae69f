use serde::{Deserialize, Serialize};

/// What is wrong with a post that Graph would never send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Forgery {
    /// Another client state than the subscription has.
    WrongClientState,
    /// No client state.
    NoClientState,
    /// A subscription that there is not.
    UnknownSubscription,
    /// Items of another directory than the one that the token vouches for.
    WrongTenant,
    /// The encrypted resource was changed.
    BrokenData,
    /// Its signature was.
    BrokenSignature,
    /// Its key was.
    BrokenKey,
    /// Encrypted for another certificate, under the subscription's name for its own.
    OtherCertificate,
    /// Under a name that the subscription never gave.
    UnknownCertificate,
    /// No validation token.
    NoToken,
    /// Of another issuer.
    TokenIssuer,
    /// For another app.
    TokenAudience,
    /// Asked for by another app than Graph's.
    TokenPublisher,
    /// Of a version that there is not.
    TokenVersion,
    /// Without a directory.
    TokenTenant,
    /// An hour past its end.
    TokenExpired,
    /// An hour before its start.
    TokenNotYet,
    /// Unsigned: `alg` is `none`.
    TokenUnsigned,
    /// Signed by HMAC with the public key as the secret.
    TokenHmac,
    /// Signed by a key that is not published.
    TokenUnknownKey,
    /// Signed by another key than it says.
    TokenSignature,
}

impl Forgery {
    pub const ALL: [Self; 21] = [
        Self::WrongClientState,
        Self::NoClientState,
        Self::UnknownSubscription,
        Self::WrongTenant,
        Self::BrokenData,
        Self::BrokenSignature,
        Self::BrokenKey,
        Self::OtherCertificate,
        Self::UnknownCertificate,
        Self::NoToken,
        Self::TokenIssuer,
        Self::TokenAudience,
        Self::TokenPublisher,
        Self::TokenVersion,
        Self::TokenTenant,
        Self::TokenExpired,
        Self::TokenNotYet,
        Self::TokenUnsigned,
        Self::TokenHmac,
        Self::TokenUnknownKey,
        Self::TokenSignature,
    ];

    /// Whether it takes an encrypted resource to show.
    pub const fn needs_resource_data(self) -> bool {
        !matches!(
            self,
            Self::WrongClientState | Self::NoClientState | Self::UnknownSubscription
        )
    }
}
