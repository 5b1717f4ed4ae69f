use ed25519_dalek::{Signer as _, SigningKey};
use tenon_messages::keys::PublicKey;
use x25519_dalek::StaticSecret;

use super::*;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

/// RFC 8032, section 7.1, test 1: of the empty text.
const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SIGNATURE: &str = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

/// The order of the base point, little-endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/// The encodings of the points whose order divides 8, also those that are not canonical.
const WEAK: [&str; 12] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

#[test]
fn the_signature_of_the_rfc_is_good_and_nothing_near_it_is() {
    let key = IdentityKey::new(bytes(KEY));
    let good: [u8; 64] = bytes(SIGNATURE);
    assert!(Ed25519.verify(&key, "", &Signature::new(good)));
    assert!(!Ed25519.verify(&key, " ", &Signature::new(good)));
    for bit in 0..512 {
        let mut other = good;
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(!Ed25519.verify(&key, "", &Signature::new(other)), "bit {bit}");
    }
    let mut other: [u8; 32] = bytes(KEY);
    other[31] ^= 0x80;
    assert!(!Ed25519.verify(&IdentityKey::new(other), "", &Signature::new(good)));
}

#[test]
fn a_scalar_that_is_not_reduced_makes_no_second_signature() {
    let mut signature: [u8; 64] = bytes(SIGNATURE);
    let mut carry = 0;
    for (byte, more) in signature[32..].iter_mut().zip(bytes::<32>(ORDER)) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        *byte = u8::try_from(sum % 256).unwrap();
        carry = sum / 256;
    }
    assert_eq!(carry, 0);
    assert!(!Ed25519.verify(&IdentityKey::new(bytes(KEY)), "", &Signature::new(signature)));
}

#[test]
fn weak_keys_are_refused_and_verify_nothing() {
    for weak in WEAK {
        let key = IdentityKey::new(bytes(weak));
        let refused = Ed25519.examine(&key).unwrap_err().code;
        assert!(["low_order_key", "invalid_key"].contains(&refused), "{weak}: {refused}");
        // With the neutral point as key and as R, and zero for the scalar, the equation holds for every text.
        let mut forged = [0; 64];
        forged[0] = 1;
        assert!(!Ed25519.verify(&key, "anything", &Signature::new(forged)), "{weak}");
    }
    assert_eq!(
        Ed25519.examine(&IdentityKey::new([0; 32])).unwrap_err().code,
        "low_order_key"
    );
}

#[test]
fn what_is_no_point_is_no_key() {
    let nowhere = IdentityKey::new(bytes(
        "0200000000000000000000000000000000000000000000000000000000000000",
    ));
    assert_eq!(Ed25519.examine(&nowhere).unwrap_err().code, "invalid_key");
    assert!(!Ed25519.verify(&nowhere, "", &Signature::new(bytes(SIGNATURE))));
}

#[test]
fn what_a_device_signs_is_verified() {
    let device = SigningKey::from_bytes(&[42; 32]);
    let key = IdentityKey::new(device.verifying_key().to_bytes());
    assert_eq!(Ed25519.examine(&key), Ok(()));
    let signature = Signature::new(device.sign(b"tenon.v1 signed-prekey 1 AA==").to_bytes());
    assert!(Ed25519.verify(&key, "tenon.v1 signed-prekey 1 AA==", &signature));
    assert!(!Ed25519.verify(&key, "tenon.v1 one-time-prekey 1 AA==", &signature));
}

/// The public keys, each once, of the cases of Wycheproof's `x25519_test.json` that are marked `ZeroSharedSecret`.
const ZERO_SHARED_SECRET: [&str; 14] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

/// Whether an agreement with the key has a part in the secret.
fn contributes(key: [u8; 32]) -> bool {
    let own = StaticSecret::from([0x5a; 32]);
    own.diffie_hellman(&x25519_dalek::PublicKey::from(key))
        .was_contributory()
}

#[test]
fn a_key_that_makes_the_secret_zero_is_refused() {
    for key in ZERO_SHARED_SECRET {
        let key = bytes(key);
        assert!(!contributes(key));
        assert_eq!(PublicKey::new(key).unwrap_err().code, "low_order_key");
    }
}

#[test]
fn every_key_near_a_refused_one_is_refused_if_and_only_if_it_makes_the_secret_zero() {
    let mut refused = 0;
    for key in ZERO_SHARED_SECRET {
        for byte in 0..32 {
            for change in 1..=u8::MAX {
                let mut near: [u8; 32] = bytes(key);
                // All values of the ends, and one bit of each byte between.
                near[byte] ^= if byte % 31 == 0 { change } else { 1 << (change % 8) };
                let refuses = PublicKey::new(near).is_err();
                assert_eq!(refuses, !contributes(near), "{}", hex::encode(near));
                refused += usize::from(refuses);
                if byte % 31 != 0 && change == 8 {
                    break;
                }
            }
        }
    }
    assert!(refused >= 14, "{refused}");
}
