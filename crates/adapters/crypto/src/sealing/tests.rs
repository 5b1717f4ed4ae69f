use super::*;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, test cases 13 to 16 (those of AES-256 with a 96-bit
/// nonce): key, nonce, plain text, associated data, ciphertext, tag.
const VECTORS: [[&str; 6]; 4] = [
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000",
        "",
        "",
        "",
        "530f8afbc74536b9a963b4f1c4cb738b",
    ],
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000",
        "00000000000000000000000000000000",
        "",
        "cea7403d4d606b6e074ec5d3baf39d18",
        "d0d1c8a799996bf0265b98b5d48ab919",
    ],
    [
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
        "",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
        "b094dac5d93471bdec1a502270e3cc6c",
    ],
    [
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ],
];

#[test]
fn the_published_test_vectors_open() {
    for [key, nonce, plain, context, ciphertext, tag] in VECTORS {
        let sealed = hex::decode([nonce, ciphertext, tag].concat()).unwrap();
        let opened = Aes256Gcm::new(key)
            .unwrap()
            .open(&sealed, &hex::decode(context).unwrap())
            .unwrap();
        assert_eq!(hex::encode(opened), plain);
    }
}

#[test]
fn the_published_test_vector_of_zeros_decrypts_as_text() {
    let [key, iv, _, _, encrypted, tag] = VECTORS[1];
    let sealed = Encrypted {
        encrypted: encrypted.into(),
        iv: iv.into(),
        tag: tag.into(),
    };
    assert_eq!(decrypt(&sealed, key).unwrap(), "\0".repeat(16));
}

#[test]
fn what_was_sealed_opens_with_the_same_key_and_context_only() {
    let sealer = Aes256Gcm::new(KEY).unwrap();
    let sealed = sealer.seal(b"secret", b"organization|table|column|row").unwrap();
    assert_eq!(sealed.len(), NONCE + 6 + TAG);
    assert_eq!(
        sealer.open(&sealed, b"organization|table|column|row").unwrap(),
        b"secret"
    );
    assert!(sealer.open(&sealed, b"organization|table|column|other").is_err());
    assert!(sealer.open(&sealed, b"").is_err());
    let other = Aes256Gcm::new(&KEY.replace("1f", "20")).unwrap();
    assert!(other.open(&sealed, b"organization|table|column|row").is_err());
}

#[test]
fn a_flipped_bit_anywhere_does_not_open() {
    let sealer = Aes256Gcm::new(KEY).unwrap();
    let sealed = sealer.seal(b"secret", b"context").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(sealer.open(&changed, b"context").is_err(), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(sealer.open(&sealed[..length], b"context").is_err(), "{length} bytes");
    }
}

#[test]
fn two_seals_of_one_text_differ() {
    let (one, other) = (encrypt("text", KEY).unwrap(), encrypt("text", KEY).unwrap());
    assert_ne!(one.iv, other.iv);
    assert_ne!(one.encrypted, other.encrypted);
}

#[test]
fn encrypted_fields_are_hexadecimal_and_of_fixed_lengths() {
    for text in ["", "text", "Grüße, 世界"] {
        let sealed = encrypt(text, KEY).unwrap();
        assert_eq!((sealed.iv.len(), sealed.tag.len()), (24, 32));
        assert_eq!(sealed.encrypted.len(), text.len() * 2);
        assert_eq!(decrypt(&sealed, KEY).unwrap(), text);
    }
}

#[test]
fn swapped_or_malformed_fields_do_not_decrypt() {
    let sealed = encrypt("text", KEY).unwrap();
    let other = encrypt("text", KEY).unwrap();
    let broken = [
        Encrypted {
            iv: other.iv.clone(),
            ..sealed.clone()
        },
        Encrypted {
            tag: other.tag.clone(),
            ..sealed.clone()
        },
        Encrypted {
            encrypted: other.encrypted.clone(),
            ..sealed.clone()
        },
        Encrypted {
            encrypted: String::new(),
            ..sealed.clone()
        },
        Encrypted {
            iv: String::new(),
            ..sealed.clone()
        },
        Encrypted {
            tag: "zz".repeat(16),
            ..sealed.clone()
        },
        Encrypted {
            tag: sealed.tag[..24].into(),
            ..sealed
        },
    ];
    for broken in broken {
        assert!(matches!(decrypt(&broken, KEY), Err(SealError::Forged)), "{broken:?}");
    }
}

#[test]
fn keys_are_64_hexadecimal_digits() {
    for key in ["", "00", &KEY[1..], &format!("{KEY}00"), &KEY.replace('f', "g")] {
        assert!(matches!(Aes256Gcm::new(key), Err(SealError::Key)), "{key}");
    }
}
