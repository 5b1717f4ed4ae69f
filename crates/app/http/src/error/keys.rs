use std::borrow::Cow;

use tenon_kernel::Invalid;
use tenon_messages::keys::{
    ClaimError, PublishKeyError, ReadDeviceError, ReadKeysError, ReadPublicKeyError, RegisterDeviceError, SignedPart,
    UploadPrekeysError,
};

use super::*;

impl ApiError {
    /// Nobody of the caller's organization has the id.
    fn unknown_user() -> Self {
        Self::new(&USER_NOT_FOUND).detail("Your organization has no member with this id.")
    }

    fn wrong_signatures(parts: &[SignedPart]) -> Self {
        let fields = parts.iter().map(|part| {
            let field: Cow<'static, str> = match part {
                SignedPart::AgreementKey => "agreementKey.signature".into(),
                SignedPart::SignedPrekey => "signedPrekey.signature".into(),
                SignedPart::OneTimePrekey(place) => format!("oneTimePrekeys[{place}].signature").into(),
                SignedPart::LastResortPrekey => "lastResortPrekey.signature".into(),
            };
            let message = "Must be the identity key's signature of this key, its id and its purpose.";
            FieldError::new(field, Invalid::new("invalid_signature", message))
        });
        Self::new(&INVALID_SIGNATURE).with_fields(fields.collect())
    }
}

impl From<ReadPublicKeyError> for ApiError {
    fn from(error: ReadPublicKeyError) -> Self {
        match error {
            ReadPublicKeyError::UnknownUser => Self::unknown_user(),
            ReadPublicKeyError::NoKey => Self::new(&PUBLIC_KEY_NOT_FOUND),
            ReadPublicKeyError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReadKeysError> for ApiError {
    fn from(error: ReadKeysError) -> Self {
        match error {
            ReadKeysError::UnknownUser => Self::unknown_user(),
            ReadKeysError::Unavailable(error) => error.into(),
        }
    }
}

impl From<PublishKeyError> for ApiError {
    fn from(error: PublishKeyError) -> Self {
        match error {
            PublishKeyError::Limited(standing) => Self::limited(standing),
            PublishKeyError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RegisterDeviceError> for ApiError {
    fn from(error: RegisterDeviceError) -> Self {
        match error {
            RegisterDeviceError::Limited(standing) => Self::limited(standing),
            RegisterDeviceError::RefusedIdentity(invalid) => Self::field("identityKey", invalid),
            RegisterDeviceError::WrongSignatures(parts) => Self::wrong_signatures(&parts),
            RegisterDeviceError::IdentityTaken => Self::new(&IDENTITY_KEY_TAKEN),
            RegisterDeviceError::TooManyDevices => Self::new(&TOO_MANY_DEVICES),
            RegisterDeviceError::PrekeyConflict => Self::new(&PREKEY_CONFLICT),
            RegisterDeviceError::TooManyPrekeys => Self::new(&TOO_MANY_PREKEYS),
            RegisterDeviceError::Unavailable(error) => error.into(),
        }
    }
}

impl From<UploadPrekeysError> for ApiError {
    fn from(error: UploadPrekeysError) -> Self {
        match error {
            UploadPrekeysError::NotFound => Self::new(&DEVICE_NOT_FOUND),
            UploadPrekeysError::WrongSignatures(parts) => Self::wrong_signatures(&parts),
            UploadPrekeysError::Conflict => Self::new(&PREKEY_CONFLICT),
            UploadPrekeysError::TooMany => Self::new(&TOO_MANY_PREKEYS),
            UploadPrekeysError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReadDeviceError> for ApiError {
    fn from(error: ReadDeviceError) -> Self {
        match error {
            ReadDeviceError::NotFound => Self::new(&DEVICE_NOT_FOUND),
            ReadDeviceError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ClaimError> for ApiError {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::UnknownUser => Self::unknown_user(),
            ClaimError::UnknownDevice => Self::new(&DEVICE_NOT_FOUND),
            ClaimError::Limited(standing) => Self::limited(standing),
            ClaimError::Unavailable(error) => error.into(),
        }
    }
}
