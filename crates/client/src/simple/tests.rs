use proptest::prelude::*;
use serde::Deserialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::*;
use crate::encoding::{decode, encode};
use crate::key::PublicKey;

/// Written by other means than this crate; the test of the browser's page reads it, too.
const VECTOR: &str = include_str!("../../tests/vectors/simple.json");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    sender: End,
    recipient: End,
    client_id: Uuid,
    nonce: String,
    text: String,
    key: String,
    content: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct End {
    id: Uuid,
    private_key: String,
    public_key: PublicKey,
    version: u32,
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    decode(text).unwrap().try_into().unwrap()
}

impl End {
    fn secret(&self) -> SimpleSecret {
        SimpleSecret::from_bytes(&Zeroizing::new(bytes(&self.private_key)))
    }
}

struct Pair {
    ids: [Uuid; 2],
    agreements: [Agreement; 2],
}

fn pair(seed: u8) -> Pair {
    let ids = [seed, seed ^ 0xff].map(|byte| Uuid::from_bytes([byte; 16]));
    let secrets = [1, 2].map(|more| SimpleSecret::from_bytes(&Zeroizing::new([seed ^ more; 32])));
    let [one, two] = &secrets;
    let agreements = [
        Agreement::new(ids[0], one, ids[1], &two.public()).unwrap(),
        Agreement::new(ids[1], two, ids[0], &one.public()).unwrap(),
    ];
    Pair { ids, agreements }
}

fn labels(pair: &Pair, client_id: u128) -> Labels {
    Labels {
        sender: pair.ids[0],
        recipient: pair.ids[1],
        client_id: Uuid::from_u128(client_id),
    }
}

const VERSIONS: Versions = Versions {
    sender: 1,
    recipient: 2,
};

#[test]
fn the_vector_that_was_written_down_is_sealed_and_opened_on_both_ends() {
    let vector: Vector = serde_json::from_str(VECTOR).unwrap();
    let Vector { sender, recipient, .. } = &vector;
    let labels = Labels {
        sender: sender.id,
        recipient: recipient.id,
        client_id: vector.client_id,
    };
    let versions = Versions {
        sender: sender.version,
        recipient: recipient.version,
    };
    for (own, other) in [(sender, recipient), (recipient, sender)] {
        assert_eq!(own.secret().public(), own.public_key);
        let agreement = Agreement::new(own.id, &own.secret(), other.id, &other.public_key).unwrap();
        assert_eq!(agreement.key(), &bytes(&vector.key));
        let sealed = agreement.seal_with(&labels, versions, &vector.text, bytes(&vector.nonce));
        assert_eq!(sealed.as_ref(), Ok(&vector.content));
        assert_eq!(Versions::of(&vector.content), Ok(versions));
        assert_eq!(*agreement.open(&labels, &vector.content).unwrap(), vector.text);
    }
}

#[test]
fn a_public_key_of_low_order_is_refused() {
    let secret = SimpleSecret::generate().unwrap();
    let [me, peer] = [1, 2].map(|byte| Uuid::from_bytes([byte; 16]));
    // 0, 1, -1, and a point of order 8 (<https://cr.yp.to/ecdh.html#validate>).
    let minus_one = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    let eight = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800";
    let one = "0100000000000000000000000000000000000000000000000000000000000000";
    for point in [&"00".repeat(32), one, minus_one, eight] {
        let key = PublicKey::new(hex::decode(point).unwrap().try_into().unwrap());
        let refused = Agreement::new(me, &secret, peer, &key).unwrap_err();
        assert_eq!(refused, SimpleError::WeakKey, "{point}");
    }
}

#[test]
fn a_text_is_never_sealed_twice_with_one_nonce() {
    let pair = pair(9);
    let labels = labels(&pair, 1);
    let contents: std::collections::BTreeSet<_> = (0..1_000)
        .map(|_| pair.agreements[0].seal(&labels, VERSIONS, "again").unwrap())
        .collect();
    assert_eq!(contents.len(), 1_000);
}

#[test]
fn what_is_printed_for_debugging_holds_no_private_key() {
    let secret = SimpleSecret::generate().unwrap();
    let private = encode(secret.to_bytes().as_slice());
    let pair = pair(3);
    let shown = format!("{secret:?} {:?}", pair.agreements[0]);
    assert_eq!(shown, format!("SimpleSecret(of {}) Agreement", secret.public()));
    assert!(!shown.contains(&private));
}

proptest! {
    #[test]
    fn what_is_sealed_opens_on_both_ends(seed: u8, id: u128, text: String) {
        let pair = pair(seed);
        let labels = labels(&pair, id);
        let content = pair.agreements[0].seal(&labels, VERSIONS, &text).unwrap();
        for agreement in &pair.agreements {
            let opened = agreement.open(&labels, &content).unwrap();
            prop_assert_eq!(opened.as_str(), &text);
        }
    }

    #[test]
    fn no_byte_of_a_content_can_be_changed(text in ".{0,40}", by in 1u8..) {
        let pair = pair(1);
        let labels = labels(&pair, 1);
        let content = decode(&pair.agreements[0].seal(&labels, VERSIONS, &text).unwrap()).unwrap();
        for place in 0..content.len() {
            let mut changed = content.clone();
            changed[place] ^= by;
            let opened = pair.agreements[1].open(&labels, &encode(&changed));
            prop_assert!(opened.is_err(), "byte {place}");
            let cut = encode(&content[..place]);
            prop_assert!(pair.agreements[1].open(&labels, &cut).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn a_content_opens_as_no_other_message_and_for_nobody_else(text: String, id: u128, other: u128) {
        prop_assume!(id != other);
        let pair = pair(7);
        let right = labels(&pair, id);
        let content = pair.agreements[0].seal(&right, VERSIONS, &text).unwrap();
        let stranger = Uuid::from_u128(other);
        let swapped = Labels { sender: right.recipient, recipient: right.sender, ..right };
        for wrong in [
            swapped,
            labels(&pair, other),
            Labels { sender: stranger, ..right },
            Labels { recipient: stranger, ..right },
        ] {
            prop_assert_eq!(pair.agreements[1].open(&wrong, &content).unwrap_err(), SimpleError::Forged);
        }
    }

    #[test]
    fn a_third_person_cannot_open_it(seed: u8, text: String) {
        let pair = pair(seed);
        let labels = labels(&pair, 1);
        let content = pair.agreements[0].seal(&labels, VERSIONS, &text).unwrap();
        let eve = SimpleSecret::generate().unwrap();
        let senders = SimpleSecret::from_bytes(&Zeroizing::new([seed ^ 1; 32])).public();
        let wrong = Agreement::new(pair.ids[1], &eve, pair.ids[0], &senders).unwrap();
        prop_assert_eq!(wrong.open(&labels, &content).unwrap_err(), SimpleError::Forged);
    }

    #[test]
    fn no_text_at_all_makes_it_panic(content: String, bytes: Vec<u8>) {
        let pair = pair(5);
        let labels = labels(&pair, 1);
        for content in [content, encode(&bytes)] {
            prop_assert!(pair.agreements[1].open(&labels, &content).is_err());
        }
    }
}
