use crate::keys::{
    IdentityKey, Prekey, PrekeyId, PublicKey, Signature, Signatures, Signed, SignedKey, SignedPart, Upload,
};

/// What of an upload the identity key did not sign.
pub(super) fn wrong(
    signatures: &dyn Signatures,
    identity: &IdentityKey,
    agreement: Option<&SignedKey>,
    upload: &Upload,
) -> Vec<SignedPart> {
    let good = |what: Signed, id: PrekeyId, key: &PublicKey, signature: &Signature| {
        signatures.verify(identity, &what.text(id, key), signature)
    };
    let mut wrong = Vec::new();
    if let Some(agreement) = agreement
        && !good(
            Signed::AgreementKey,
            PrekeyId::NONE,
            &agreement.key,
            &agreement.signature,
        )
    {
        wrong.push(SignedPart::AgreementKey);
    }
    let mut check = |part: SignedPart, what: Signed, prekey: &Prekey| {
        if !good(what, prekey.id, &prekey.key, &prekey.signature) {
            wrong.push(part);
        }
    };
    if let Some(prekey) = &upload.signed {
        check(SignedPart::SignedPrekey, Signed::SignedPrekey, prekey);
    }
    for (place, prekey) in upload.one_time.iter().enumerate() {
        check(SignedPart::OneTimePrekey(place), Signed::OneTimePrekey, prekey);
    }
    if let Some(prekey) = &upload.last_resort {
        check(SignedPart::LastResortPrekey, Signed::LastResortPrekey, prekey);
    }
    wrong
}

#[cfg(test)]
mod tests {
    use tenon_kernel::Invalid;

    use super::*;

    /// Signs with a sum of the text, so that a signature depends on all of it.
    struct Summed;

    fn sign(text: &str) -> Signature {
        let sum = text
            .bytes()
            .fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        Signature::new([sum; 64])
    }

    impl Signatures for Summed {
        fn examine(&self, _: &IdentityKey) -> Result<(), Invalid> {
            Ok(())
        }

        fn verify(&self, _: &IdentityKey, text: &str, signature: &Signature) -> bool {
            sign(text) == *signature
        }
    }

    fn prekey(what: Signed, id: u64, byte: u8) -> Prekey {
        let (id, key) = (PrekeyId::new(id).unwrap(), PublicKey::new([byte; 32]).unwrap());
        Prekey {
            id,
            key,
            signature: sign(&what.text(id, &key)),
        }
    }

    #[test]
    fn every_part_is_checked_for_its_own_purpose() {
        let key = PublicKey::new([9; 32]).unwrap();
        let mut agreement = SignedKey {
            key,
            signature: sign(&Signed::AgreementKey.text(PrekeyId::NONE, &key)),
        };
        let mut upload = Upload {
            one_time: (0..3).map(|id| prekey(Signed::OneTimePrekey, id, 20)).collect(),
            signed: Some(prekey(Signed::SignedPrekey, 1, 21)),
            last_resort: Some(prekey(Signed::LastResortPrekey, 2, 22)),
        };
        let identity = IdentityKey::new([3; 32]);
        assert_eq!(wrong(&Summed, &identity, Some(&agreement), &upload), []);
        agreement.signature = sign("tenon.v1 agreement-key 1");
        upload.one_time[1] = prekey(Signed::SignedPrekey, 1, 20);
        std::mem::swap(&mut upload.signed, &mut upload.last_resort);
        assert_eq!(
            wrong(&Summed, &identity, Some(&agreement), &upload),
            [
                SignedPart::AgreementKey,
                SignedPart::SignedPrekey,
                SignedPart::OneTimePrekey(1),
                SignedPart::LastResortPrekey
            ]
        );
    }
}
