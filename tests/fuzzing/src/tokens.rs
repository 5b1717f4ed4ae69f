//! Access tokens.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use tenon_accounts::{AccessTokens, Claims, Email, Identity};
use tenon_crypto::{JwtConfig, JwtTokens};
use tenon_kernel::{Id, Role, Timestamp};
use uuid::Uuid;

const KEY: &str = "a key of more than 32 bytes for fuzzing";

/// When everything happens here, in seconds since 1970.
const NOW: i64 = 1_800_000_000;

struct Scene {
    tokens: JwtTokens,
    /// Encoded.
    header: String,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let config = JwtConfig {
        issuer: "tenon".into(),
        audience: "tenon".into(),
        keys: vec![KEY.into()],
        operator_password: "an operator's password".into(),
    };
    let tokens = JwtTokens::new(&config).unwrap();
    let token = tokens.sign(&claims()).unwrap();
    let header = token.expose().split('.').next().unwrap().to_owned();
    Scene { tokens, header }
});

fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

fn claims() -> Claims {
    Claims {
        id: Id::from_uuid(Uuid::from_u128(1)),
        session: Id::from_uuid(Uuid::from_u128(2)),
        identity: Identity::Member {
            user: Id::from_uuid(Uuid::from_u128(3)),
            organization: Id::from_uuid(Uuid::from_u128(4)),
            role: Role::Owner,
            email: Email::parse("ada@example.org").unwrap(),
        },
        issued_at: seconds(NOW),
        expires_at: seconds(NOW + 900),
    }
}

/// With a first byte that is even, the rest is a token: it is believed only if it is the one that was signed. With an odd one, it is a
/// payload that is signed with the right key: then it is a member's who is somebody, and it has not ended.
pub fn access(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let scene = &*SCENE;
    if kind % 2 == 0 {
        let token = crate::text(rest);
        if let Ok(read) = scene.tokens.verify(&token, seconds(NOW)) {
            assert_eq!(scene.tokens.sign(&read).unwrap().expose(), token);
        }
        return;
    }
    let message = format!("{}.{}", scene.header, URL_SAFE_NO_PAD.encode(rest));
    let key = EncodingKey::from_secret(KEY.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    let Ok(read) = scene.tokens.verify(&format!("{message}.{signature}"), seconds(NOW)) else {
        return;
    };
    assert!(read.expires_at.as_seconds() + 5 > NOW);
    let Identity::Member { user, organization, .. } = read.identity else {
        panic!("a member's key speaks for the operator");
    };
    assert!(!user.uuid().is_nil() && !organization.uuid().is_nil());
}
