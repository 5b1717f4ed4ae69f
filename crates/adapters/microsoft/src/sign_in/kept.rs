use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tenon_graph::{App, AppSecret};
use tenon_kernel::Timestamp;

use super::AccessToken;

/// From this many apps on, those whose tokens are stale make room.
const MANY: usize = 1024;

/// Where one app's token is.
pub(super) type Seat = Arc<tokio::sync::Mutex<Option<AccessToken>>>;

/// A token per app. Whoever holds a seat is the only one who asks for that app.
#[derive(Default)]
pub(super) struct Kept {
    seats: Mutex<HashMap<[u8; 32], Seat>>,
}

impl Kept {
    pub fn seat(&self, app: &App, now: Timestamp) -> Seat {
        let mut seats = self.seats.lock();
        if seats.len() >= MANY {
            seats.retain(|_, seat| in_use(seat, now));
        }
        Arc::clone(seats.entry(digest(app)).or_default())
    }
}

fn in_use(seat: &Seat, now: Timestamp) -> bool {
    // A seat that somebody holds, or is about to, has more than one owner.
    Arc::strong_count(seat) > 1
        || seat
            .try_lock()
            .is_ok_and(|held| held.as_ref().is_some_and(|token| now < token.fresh_until))
}

/// Names an app with what it proves itself by, so that a new secret gets a token of its own and none is kept here.
fn digest(app: &App) -> [u8; 32] {
    let secret = match &app.secret {
        AppSecret::Secret(secret) => secret.expose_secret().as_bytes(),
        AppSecret::Certificate { private_key, .. } => private_key.as_slice(),
    };
    let certificate = match &app.secret {
        AppSecret::Secret(_) => &[][..],
        AppSecret::Certificate { certificate, .. } => certificate,
    };
    let mut digest = Sha256::new();
    for part in [app.tenant.as_bytes(), app.client.as_bytes(), certificate, secret] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn app(number: usize) -> App {
        App {
            tenant: "contoso".to_owned(),
            client: number.to_string(),
            secret: AppSecret::Secret(SecretString::from("secret")),
        }
    }

    #[test]
    fn an_app_with_another_secret_has_another_seat() {
        let kept = Kept::default();
        let now = Timestamp::from_micros(0);
        let seat = kept.seat(&app(1), now);
        assert!(Arc::ptr_eq(&seat, &kept.seat(&app(1), now)));
        let mut changed = app(1);
        changed.secret = AppSecret::Secret(SecretString::from("secret2"));
        assert!(!Arc::ptr_eq(&seat, &kept.seat(&changed, now)));
    }

    #[test]
    fn stale_tokens_make_room_and_fresh_ones_stay() {
        let kept = Kept::default();
        for number in 0..MANY {
            let fresh_until = Timestamp::from_micros(i64::try_from(number % 2).unwrap());
            let seat = kept.seat(&app(number), Timestamp::from_micros(0));
            *seat.try_lock().unwrap() = Some(AccessToken {
                secret: Arc::new(SecretString::from("token")),
                fresh_until,
            });
        }
        kept.seat(&app(MANY), Timestamp::from_micros(0));
        assert_eq!(kept.seats.lock().len(), MANY / 2 + 1);
    }
}
