use std::time::Duration;

use aws_lc_rs::cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tenon_graph::{Certificate, EncryptedContent, Envelope, EnvelopeError};
use tenon_kernel::Clock;
use tenon_microsoft::AwsLcEnvelope;
use zeroize::Zeroizing;

use crate::clock::TestClock;
use crate::vector::{RESOURCE, certificate, content};

fn open(content: &EncryptedContent) -> Result<Vec<u8>, EnvelopeError> {
    AwsLcEnvelope.open(&certificate(), content).map(|text| text.to_vec())
}

/// Every text that differs from `text` in one bit of what it encodes.
fn flips(text: &str) -> impl Iterator<Item = String> {
    let bytes = STANDARD.decode(text).unwrap();
    (0..bytes.len() * 8).map(move |bit| {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        STANDARD.encode(bytes)
    })
}

#[test]
fn what_openssl_encrypted_is_read() {
    assert_eq!(String::from_utf8(open(&content()).unwrap()).unwrap(), RESOURCE);
}

#[test]
fn a_flipped_bit_of_the_data_is_noticed_before_anything_is_decrypted() {
    for data in flips(&content().data) {
        let content = EncryptedContent { data, ..content() };
        assert_eq!(open(&content), Err(EnvelopeError::Signature));
    }
}

#[test]
fn a_flipped_bit_of_the_signature_is_noticed() {
    for data_signature in flips(&content().data_signature) {
        let content = EncryptedContent {
            data_signature,
            ..content()
        };
        assert_eq!(open(&content), Err(EnvelopeError::Signature));
    }
}

#[test]
fn a_flipped_bit_of_the_data_key_is_noticed() {
    for data_key in flips(&content().data_key) {
        let content = EncryptedContent { data_key, ..content() };
        assert_eq!(open(&content), Err(EnvelopeError::DataKey));
    }
}

#[test]
fn another_certificate_does_not_open_it() {
    let other = AwsLcEnvelope.certificate(TestClock::new().now()).unwrap();
    let named = Certificate {
        id: "other".to_owned(),
        thumbprint: other.thumbprint,
        private_key: other.private_key,
    };
    assert_eq!(
        AwsLcEnvelope.open(&named, &content()).err(),
        Some(EnvelopeError::OtherCertificate)
    );
    let posing = Certificate {
        thumbprint: content().certificate_thumbprint,
        ..named
    };
    assert_eq!(
        AwsLcEnvelope.open(&posing, &content()).err(),
        Some(EnvelopeError::DataKey)
    );
}

#[test]
fn parts_that_are_no_base64_or_too_short_are_malformed() {
    let whole = content();
    let malformed = [
        EncryptedContent {
            data: "no base64".to_owned(),
            ..whole.clone()
        },
        EncryptedContent {
            data_signature: "=".to_owned(),
            ..whole.clone()
        },
        EncryptedContent {
            data_key: "~".to_owned(),
            ..whole.clone()
        },
        EncryptedContent {
            data_key: String::new(),
            ..whole.clone()
        },
        EncryptedContent {
            data_key: STANDARD.encode([1; 255]),
            ..whole.clone()
        },
    ];
    for content in malformed {
        assert_eq!(open(&content), Err(EnvelopeError::Malformed), "{content:?}");
    }
    let unsigned = EncryptedContent {
        data_signature: String::new(),
        ..whole
    };
    assert_eq!(open(&unsigned), Err(EnvelopeError::Signature));
}

#[test]
fn a_private_key_that_is_none_is_said_to_be_none() {
    let broken = Certificate {
        private_key: Zeroizing::new(vec![1, 2, 3]),
        ..certificate()
    };
    assert_eq!(
        AwsLcEnvelope.open(&broken, &content()).err(),
        Some(EnvelopeError::PrivateKey)
    );
}

/// An envelope for the vector's certificate around whatever bytes, signed.
fn sealed(key: &[u8], data: &[u8]) -> EncryptedContent {
    let private = PrivateDecryptingKey::from_pkcs8(&certificate().private_key).unwrap();
    let public = OaepPublicEncryptingKey::new(private.public_key()).unwrap();
    let mut room = vec![0; public.ciphertext_size()];
    let encrypted = public.encrypt(&OAEP_SHA1_MGF1SHA1, key, &mut room, None).unwrap();
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
    EncryptedContent {
        data: STANDARD.encode(data),
        data_signature: STANDARD.encode(signature),
        data_key: STANDARD.encode(encrypted),
        ..content()
    }
}

#[test]
fn a_data_key_of_another_length_is_refused() {
    for length in [0, 16, 31, 33, 64] {
        assert_eq!(
            open(&sealed(&vec![7; length], &[0; 16])),
            Err(EnvelopeError::DataKey),
            "{length}"
        );
    }
}

#[test]
fn signed_data_of_no_whole_blocks_or_without_padding_does_not_decrypt() {
    for data in [&[][..], &[1; 15], &[1; 17], &[0; 16]] {
        assert_eq!(open(&sealed(&[7; 32], data)), Err(EnvelopeError::Data), "{data:?}");
    }
}

#[test]
fn a_new_certificate_opens_what_is_encrypted_for_it_and_lives_a_year() {
    let now = TestClock::new().now();
    let made = AwsLcEnvelope.certificate(now).unwrap();
    assert_eq!(made.not_after.since(now), Duration::from_secs(365 * 24 * 60 * 60));
    assert_eq!(made.thumbprint.len(), 40);
    assert_eq!(made.thumbprint, made.thumbprint.to_uppercase());

    let private = PrivateDecryptingKey::from_pkcs8(&made.private_key).unwrap();
    assert_eq!(private.key_size_bits(), 2048);
    let public = OaepPublicEncryptingKey::new(private.public_key()).unwrap();
    let key = [9; 32];
    let mut data = b"a resource".to_vec();
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &key).unwrap()).unwrap();
    let iv = EncryptionContext::Iv128((&[9; 16]).into());
    cipher.less_safe_encrypt(&mut data, iv).unwrap();
    let mut room = vec![0; public.ciphertext_size()];
    let data_key = public.encrypt(&OAEP_SHA1_MGF1SHA1, &key, &mut room, None).unwrap();
    let content = EncryptedContent {
        data_signature: STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &data)),
        data: STANDARD.encode(data),
        data_key: STANDARD.encode(data_key),
        certificate_id: "new".to_owned(),
        certificate_thumbprint: made.thumbprint.to_lowercase(),
    };
    let certificate = Certificate {
        id: "new".to_owned(),
        thumbprint: made.thumbprint,
        private_key: made.private_key,
    };
    assert_eq!(*AwsLcEnvelope.open(&certificate, &content).unwrap(), b"a resource");
}
