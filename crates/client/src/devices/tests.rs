use proptest::prelude::*;
use uuid::Uuid;
use vodozemac::olm::OlmMessage;

use super::*;
use crate::encoding::encode;
use crate::key::PublicKey;

struct Phone {
    user: Uuid,
    own: OwnDevice,
    channel: Channel,
}

impl Phone {
    fn new(user: u8) -> Self {
        let mut own = OwnDevice::generate();
        own.registered(1);
        Self {
            user: Uuid::from_bytes([user; 16]),
            own,
            channel: Channel::default(),
        }
    }

    /// As a peer sees it, with the next one-time prekey of this registration.
    fn claimed(&mut self, kind: PrekeyKind) -> ClaimedDevice {
        self.own.refill(0);
        let registration = serde_json::to_value(self.own.registration(None)).unwrap();
        let prekey = match kind {
            PrekeyKind::OneTime => &registration["oneTimePrekeys"][0],
            PrekeyKind::LastResort => &registration["lastResortPrekey"],
        };
        let mut claimed = registration.clone();
        claimed["device"] = 1.into();
        claimed["prekey"] = prekey.clone();
        claimed["prekey"]["kind"] = serde_json::to_value(kind).unwrap();
        serde_json::from_value(claimed).unwrap()
    }

    fn begin(&mut self, with: &ClaimedDevice) {
        with.verify().unwrap();
        let begun = self.channel.begin(&self.own, &with.device, &with.prekey.prekey.key);
        begun.unwrap();
    }

    fn say(&mut self, text: &str) -> OlmMessage {
        self.channel.seal(text.as_bytes()).unwrap()
    }

    fn hear(&mut self, from: &Self, message: &OlmMessage) -> Result<String, DeviceError> {
        let agreement = from.own.keys().agreement;
        let plain = self.channel.open(&mut self.own, &agreement, message)?;
        Ok(String::from_utf8(plain.to_vec()).unwrap())
    }

    /// What is left after the process ended.
    fn restart(self) -> Self {
        let (own, channel) = (self.own.to_bytes().unwrap(), self.channel.to_bytes().unwrap());
        Self {
            own: OwnDevice::from_bytes(&own).unwrap(),
            channel: Channel::from_bytes(&channel).unwrap(),
            ..self
        }
    }
}

fn met(kind: PrekeyKind) -> (Phone, Phone) {
    let (mut ada, mut bob) = (Phone::new(1), Phone::new(2));
    ada.begin(&bob.claimed(kind));
    (ada, bob)
}

#[test]
fn two_devices_talk_both_ways_and_go_on_after_a_restart() {
    let (mut ada, mut bob) = met(PrekeyKind::OneTime);
    for round in 0..20 {
        let (question, answer) = (format!("question {round}"), format!("answer {round}"));
        let said = ada.say(&question);
        assert_eq!(bob.hear(&ada, &said).unwrap(), question);
        let said = bob.say(&answer);
        assert_eq!(ada.hear(&bob, &said).unwrap(), answer);
        (ada, bob) = (ada.restart(), bob.restart());
    }
}

#[test]
fn two_devices_that_begin_at_once_understand_each_other() {
    let (mut ada, mut bob) = met(PrekeyKind::OneTime);
    bob.begin(&ada.claimed(PrekeyKind::LastResort));
    for round in 0..6 {
        let (from_ada, from_bob) = (ada.say("a"), bob.say("b"));
        assert_eq!(bob.hear(&ada, &from_ada).unwrap(), "a", "{round}");
        assert_eq!(ada.hear(&bob, &from_bob).unwrap(), "b", "{round}");
    }
    assert!(!ada.channel.needs_session() && !bob.channel.needs_session());
}

#[test]
fn what_was_opened_once_does_not_open_again() {
    let (mut ada, mut bob) = met(PrekeyKind::OneTime);
    let first = ada.say("once");
    bob.hear(&ada, &first).unwrap();
    assert!(matches!(bob.hear(&ada, &first), Err(DeviceError::Refused(_))));
    assert!(bob.channel.needs_session(), "the next message begins anew");
}

#[test]
fn a_last_resort_prekey_serves_many_and_stays_good_for_one_renewal() {
    let mut bob = Phone::new(2);
    let claimed = bob.claimed(PrekeyKind::LastResort);
    let mut writers: Vec<Phone> = (3..6).map(Phone::new).collect();
    for writer in &mut writers {
        writer.begin(&claimed);
    }
    for (number, writer) in writers.iter_mut().enumerate() {
        let said = writer.say("hello");
        bob.channel = Channel::default();
        assert_eq!(bob.hear(writer, &said).is_ok(), number < 2, "after {number} renewals");
        bob.own.renew();
    }
}

#[test]
fn a_renewal_moves_the_last_resort_prekey_to_the_signed_one() {
    let mut own = OwnDevice::generate();
    own.registered(1);
    assert!(own.upload().is_none());
    let before = serde_json::to_value(own.registration(None)).unwrap();
    own.renew();
    let upload = serde_json::to_value(own.upload().unwrap()).unwrap();
    assert_eq!(upload["signedPrekey"]["key"], before["lastResortPrekey"]["key"]);
    assert_ne!(upload["lastResortPrekey"]["key"], before["lastResortPrekey"]["key"]);
    let again = OwnDevice::from_bytes(&own.to_bytes().unwrap()).unwrap();
    assert_eq!(serde_json::to_value(again.upload().unwrap()).unwrap(), upload);
    own.uploaded();
    assert!(own.upload().is_none());
}

#[test]
fn prekeys_are_made_when_few_remain_and_the_same_are_uploaded_until_it_is_answered() {
    let mut own = OwnDevice::generate();
    own.registered(1);
    assert!(!own.refill(20));
    assert!(own.refill(19));
    let upload = serde_json::to_value(own.upload().unwrap()).unwrap();
    let keys = upload["oneTimePrekeys"].as_array().unwrap();
    assert_eq!(keys.len(), 81);
    let ids: std::collections::BTreeSet<_> = keys.iter().map(|key| key["id"].as_u64().unwrap()).collect();
    assert_eq!((ids.len(), ids.first()), (81, Some(&102)));
    assert!(!own.refill(0), "what was not answered is repeated first");
    let again = OwnDevice::from_bytes(&own.to_bytes().unwrap()).unwrap();
    assert_eq!(serde_json::to_value(again.upload().unwrap()).unwrap(), upload);
}

#[test]
fn a_key_that_its_device_did_not_sign_for_this_purpose_is_refused() {
    let mut bob = Phone::new(2);
    let claimed = bob.claimed(PrekeyKind::OneTime);
    claimed.verify().unwrap();
    let mut wrong = vec![claimed.clone(); 6];
    wrong[0].prekey.kind = PrekeyKind::LastResort;
    wrong[1].prekey.prekey.id += 1;
    wrong[2].prekey.prekey.key = PublicKey::new([9; 32]);
    wrong[3].device.agreement_key.key = claimed.prekey.prekey.key;
    wrong[4].device.identity_key = Phone::new(3).own.keys().identity;
    wrong[5].device.signed_prekey.signature = encode(&[0; 64]);
    for (number, claimed) in wrong.iter().enumerate() {
        assert_eq!(claimed.verify(), Err(WrongSignature), "{number}");
    }
}

#[test]
fn a_session_of_somebody_else_is_refused() {
    let (mut ada, mut bob) = met(PrekeyKind::OneTime);
    let (said, eve) = (ada.say("hello"), Phone::new(4));
    assert!(matches!(bob.hear(&eve, &said), Err(DeviceError::Mismatch)));
    let mut carol = Phone::new(5);
    assert!(matches!(carol.hear(&ada, &said), Err(DeviceError::Refused(_))));
}

fn letter(ada: &Phone, bob: &Phone) -> (Letter, Envelope) {
    let envelope = Envelope {
        from: ada.user,
        from_device: 1,
        to: bob.user,
        to_device: 2,
    };
    let letter = Letter {
        from: ada.user,
        from_device: 1,
        to: bob.user,
        to_device: 2,
        conversation: bob.user,
        id: Uuid::from_u128(5),
        text: "hello".to_owned(),
        sent_at: "2026-11-21T10:13:40Z".to_owned(),
    };
    (letter, envelope)
}

#[test]
fn a_letter_is_refused_in_any_envelope_but_its_own() {
    let (ada, bob) = (Phone::new(1), Phone::new(2));
    let (letter, envelope) = letter(&ada, &bob);
    let bytes = serde_json::to_vec(&letter).unwrap();
    assert_eq!(Letter::read(&bytes, &envelope).unwrap(), letter);
    for wrong in [
        Envelope {
            from: bob.user,
            ..envelope
        },
        Envelope {
            from_device: 2,
            ..envelope
        },
        Envelope {
            to: ada.user,
            ..envelope
        },
        Envelope {
            to_device: 1,
            ..envelope
        },
    ] {
        assert!(
            matches!(Letter::read(&bytes, &wrong), Err(DeviceError::Mismatch)),
            "{wrong:?}"
        );
    }
    let mut elsewhere = letter.clone();
    elsewhere.conversation = ada.user;
    let bytes = serde_json::to_vec(&elsewhere).unwrap();
    assert!(matches!(Letter::read(&bytes, &envelope), Err(DeviceError::Mismatch)));
    assert_eq!(format!("{letter:?}"), format!("Letter({})", letter.id));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_byte_of_a_content_can_be_changed(text in ".{1,60}", by in 1u8..) {
        let (mut ada, mut bob) = met(PrekeyKind::OneTime);
        let message = ada.say(&text);
        let content = DeviceContent { device: 1, message };
        prop_assert_eq!(&DeviceContent::read(&content.write()).unwrap(), &content);
        let bytes = crate::encoding::decode(&content.write()).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= by;
            // Whoever changes the number of the device is found out by the letter.
            if let Ok(read) = DeviceContent::read(&encode(&changed)) {
                let refused = read.device != 1 || bob.hear(&ada, &read.message).is_err();
                prop_assert!(refused, "byte {place}");
            }
        }
        prop_assert_eq!(bob.hear(&ada, &content.message).unwrap(), text);
    }

    #[test]
    fn messages_are_opened_in_whatever_order_they_come(order in Just((0..12usize).collect::<Vec<_>>()).prop_shuffle()) {
        let (mut ada, mut bob) = met(PrekeyKind::OneTime);
        let said: Vec<_> = (0..12).map(|number| ada.say(&number.to_string())).collect();
        for number in order {
            prop_assert_eq!(bob.hear(&ada, &said[number]).unwrap(), number.to_string());
        }
    }

    #[test]
    fn no_text_at_all_makes_it_panic(content: String, bytes: Vec<u8>) {
        for content in [content, encode(&bytes), encode(&[&[2, 0, 0, 0, 1, 0], bytes.as_slice()].concat())] {
            if let Ok(read) = DeviceContent::read(&content) {
                let (ada, mut bob) = met(PrekeyKind::OneTime);
                prop_assert!(bob.hear(&ada, &read.message).is_err());
            }
        }
    }
}
