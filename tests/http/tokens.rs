//! Access tokens signed here with the server's own key.

use std::time::Duration;

use tenon_accounts::{AccessTokens, Claims, Email, Identity};
use tenon_crypto::{JwtConfig, JwtTokens};
use tenon_kernel::{Clock, Id, Role, Timestamp};
use tenon_local::SystemClock;
use tenon_tests::app::{JWT_SECRET, OPERATOR_PASSWORD, Person, Setup};

/// What signs as the server does.
pub fn signer() -> JwtTokens {
    let config = JwtConfig {
        issuer: "tenon".into(),
        audience: "tenon".into(),
        keys: vec![JWT_SECRET.into()],
        operator_password: OPERATOR_PASSWORD.into(),
    };
    JwtTokens::new(&config).unwrap()
}

/// What a token of `person` as an owner says when it is issued so many seconds after now.
pub fn claims(person: &Person, after: i64) -> Claims {
    let now = SystemClock::default().now();
    let issued_at = Timestamp::from_micros(now.as_micros() + after * 1_000_000);
    Claims {
        id: Id::at(issued_at),
        session: person.session.parse().unwrap(),
        identity: Identity::Member {
            user: person.id.parse().unwrap(),
            organization: person.organization.parse().unwrap(),
            role: Role::Owner,
            email: Email::parse(&person.email).unwrap(),
        },
        issued_at,
        expires_at: issued_at.plus(Duration::from_secs(900)),
    }
}

/// A token of `person` that was good until ten seconds ago.
pub fn expired(person: &Person) -> String {
    signer().sign(&claims(person, -910)).unwrap().expose().to_owned()
}

/// Without this, the tests that expect a refusal would show nothing.
#[tokio::test]
async fn a_token_that_is_signed_here_is_believed() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let token = signer().sign(&claims(&ada, 0)).unwrap();
    ada.with_token(token.expose()).me().await.expect(200);
}
