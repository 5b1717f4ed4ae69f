/// The public key of a certificate (RFC 5280, section 4.1), as SubjectPublicKeyInfo in DER.
pub fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (whole, _) = element(certificate, SEQUENCE)?;
    let (mut rest, _) = element(whole.content, SEQUENCE).map(|(signed, after)| (signed.content, after))?;
    if let Some((_, after)) = element(rest, VERSION) {
        rest = after;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        // The serial number, the algorithm, the issuer, the dates and the subject.
        (_, rest) = element(rest, tag)?;
    }
    element(rest, SEQUENCE).map(|(key, _)| key.whole)
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

struct Element<'a> {
    content: &'a [u8],
    /// With the tag and the length.
    whole: &'a [u8],
}

/// An element that starts here and has this tag, and what is after it.
fn element(bytes: &[u8], tag: u8) -> Option<(Element<'_>, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f).min(3))?;
        let length = digits.iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit));
        (length, rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    let whole = bytes.get(..bytes.len() - after.len())?;
    (first == tag).then_some((Element { content, whole }, after))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::signature::KeyPair as _;
    use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

    use super::*;

    #[test]
    fn the_key_of_a_certificate_is_found() {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        let pair = aws_lc_rs::signature::RsaKeyPair::from_pkcs8(key.serialized_der()).unwrap();
        let expected = pair.public_key().as_der().unwrap();
        assert_eq!(public_key(certificate.der()), Some(expected.as_ref()));
    }

    #[test]
    fn what_is_no_certificate_has_none() {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        for length in 0..certificate.der().len() {
            assert_eq!(public_key(&certificate.der()[..length]), None, "{length}");
        }
        assert_eq!(public_key(b"-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(public_key(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
