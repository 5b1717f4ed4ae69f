//! Headers and signatures that must not be believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::json;
use tenon_accounts::InvalidToken;

use crate::{NEW, OLD, kid, payload, signed, spelled, verify, with_payload};

#[test]
fn other_algorithms_are_refused_whatever_they_are_signed_with() {
    let kid = kid(NEW.as_bytes());
    let body = payload().to_string();
    for (alg, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
        assert_eq!(
            verify(&signed(&spelled(alg, &kid), &body, NEW.as_bytes(), algorithm)),
            Err(InvalidToken::Invalid)
        );
        // The header claims HS256 and the signature is another one.
        assert_eq!(
            verify(&signed(&spelled("HS256", &kid), &body, NEW.as_bytes(), algorithm)),
            Err(InvalidToken::Invalid)
        );
    }
    // The header claims another algorithm, RS256 with the secret as a public key among them, over a good HS256 signature.
    for alg in [
        "RS256", "PS256", "ES256", "EdDSA", "none", "None", "NONE", "hs256", "HS384", "",
    ] {
        let token = signed(&spelled(alg, &kid), &body, NEW.as_bytes(), Algorithm::HS256);
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{alg}");
    }
}

#[test]
fn a_token_without_a_signature_is_refused() {
    let token = with_payload(&payload());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let unsigned = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(spelled("none", &kid(NEW.as_bytes()))),
        "e30"
    );
    for token in [
        message.to_owned(),
        format!("{message}."),
        format!("{message}.{}", &signature[..42]),
        format!("{message}.{signature}="),
        format!("{message}.{signature}.{signature}"),
        format!(".{message}.{signature}"),
        format!("{unsigned}."),
        unsigned,
        String::new(),
        ".".into(),
        "..".into(),
        "a.b.c".into(),
        "ä.ö.ü".into(),
    ] {
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{token}");
    }
}

#[test]
fn keys_that_a_header_brings_or_points_at_are_not_believed() {
    let attacker = b"the attacker's own key, also of 32 bytes";
    let good = kid(NEW.as_bytes());
    let own = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(attacker), "alg": "HS256", "kid": good });
    let headers = [
        spelled("HS256", &good),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "jwk": own }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "jku": "https://attacker.example/jwks" }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "x5u": "https://attacker.example/x5u" }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "x5c": ["AAAA"] }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "jwk": own }).to_string(),
        spelled("HS256", &kid(attacker)),
    ];
    for header in headers {
        let token = signed(&header, &payload().to_string(), attacker, Algorithm::HS256);
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{header}");
    }
}

#[test]
fn key_ids_of_no_key_are_refused_even_over_a_good_signature() {
    let good = kid(NEW.as_bytes());
    let longer = format!("{good}0");
    for id in [
        "",
        "0",
        "../../../../dev/null",
        "' OR '1'='1",
        "0000000000000000",
        &good[..15],
        &longer,
        &good.to_uppercase(),
        &kid(OLD.as_bytes()),
        "\\u0000",
    ] {
        let token = signed(
            &spelled("HS256", id),
            &payload().to_string(),
            NEW.as_bytes(),
            Algorithm::HS256,
        );
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{id}");
    }
    for header in [
        json!({ "typ": "at+jwt", "alg": "HS256" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": null }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": [good] }),
        json!({ "typ": "JWT", "alg": "HS256", "kid": good }),
        json!({ "typ": "dpop+jwt", "alg": "HS256", "kid": good }),
        json!({ "alg": "HS256", "kid": good }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "crit": ["exp"] }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "zip": "DEF" }),
    ] {
        let token = signed(
            &header.to_string(),
            &payload().to_string(),
            NEW.as_bytes(),
            Algorithm::HS256,
        );
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{header}");
    }
}

#[test]
fn a_changed_payload_or_signature_is_refused() {
    let token = with_payload(&payload());
    let (header, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let mut owner = payload();
    owner["role"] = json!("owner");
    let forged = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(owner.to_string()));
    assert_eq!(verify(&forged), Err(InvalidToken::Invalid));
    for position in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(verify(&changed), Err(InvalidToken::Invalid), "byte {position}");
    }
}
