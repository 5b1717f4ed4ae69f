use std::collections::HashSet;
use std::future::{Ready, ready};
use std::sync::{Arc, OnceLock};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tenon_kernel::{Created, Id, Once, OnceKey, Principal, Seal, Unavailable};
use uuid::Uuid;

use crate::Api;
use crate::error::{ApiError, IDEMPOTENCY_IN_PROGRESS, INVALID_IDEMPOTENCY_KEY};
use crate::reply::Reply;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

const SHARDS: usize = 16;

/// The repeatable requests that run in this process.
#[derive(Debug, Default)]
pub(crate) struct InFlight([Mutex<HashSet<[u8; 32]>>; SHARDS]);

impl InFlight {
    fn enter(self: &Arc<Self>, scope: [u8; 32]) -> Option<Running> {
        let entered = self.shard(&scope)?.lock().insert(scope);
        entered.then(|| Running {
            all: Arc::clone(self),
            scope,
        })
    }

    fn shard(&self, scope: &[u8; 32]) -> Option<&Mutex<HashSet<[u8; 32]>>> {
        self.0.get(usize::from(scope[0]) % SHARDS)
    }
}

/// A request that runs until this is dropped.
#[derive(Debug)]
struct Running {
    all: Arc<InFlight>,
    scope: [u8; 32],
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(shard) = self.all.shard(&self.scope) {
            shard.lock().remove(&self.scope);
        }
    }
}

/// A creation that its sender may repeat, if they sent an `Idempotency-Key`
/// (draft-ietf-httpapi-idempotency-key-header-07).
pub(crate) struct Repeatable {
    seal: Arc<dyn Seal>,
    key: Option<Key>,
}

struct Key {
    text: String,
    route: String,
    in_flight: Arc<InFlight>,
}

impl Repeatable {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let missing = || ApiError::internal("the application data is not set");
        let api = request.app_data::<web::Data<Api>>().ok_or_else(missing)?;
        let seal = Arc::clone(&api.seal);
        let Some(text) = key(request)? else {
            return Ok(Self { seal, key: None });
        };
        let in_flight = request.app_data::<web::Data<InFlight>>().ok_or_else(missing)?;
        let in_flight = Arc::clone(in_flight);
        let route = route(request);
        let key = Some(Key { text, route, in_flight });
        Ok(Self { seal, key })
    }

    /// Runs `create` once for the key: a repetition gets the answer that was kept with the effect.
    pub async fn create<T, F>(
        self,
        by: impl Into<Principal>,
        body: &[u8],
        render: impl Fn(&T) -> Result<Reply, Unavailable> + Sync,
        create: F,
    ) -> Result<HttpResponse, ApiError>
    where
        F: AsyncFnOnce(Once<'_, T>) -> Result<Created<T>, ApiError>,
    {
        let Some(key) = self.key else {
            let unused = |_: &T| Ok(Vec::new());
            return match create(Once::new(None, &unused)).await? {
                Created::Now(created) => Ok(render(&created)?.into_response()),
                Created::Before(_) => Err(ApiError::internal("an answer was kept for a request without a key")),
            };
        };
        let scope = key.scope(&by.into());
        let _running = key
            .in_flight
            .enter(scope)
            .ok_or_else(|| ApiError::new(&IDEMPOTENCY_IN_PROGRESS))?;
        let fingerprint = Sha256::digest(body).into();
        let rendered = OnceLock::new();
        let answer = |created: &T| {
            let reply = render(created)?;
            let sealed = self.seal.seal(&reply.keep()?, &scope)?;
            let _ = rendered.set(reply);
            Ok(sealed)
        };
        match create(Once::new(Some(OnceKey { scope, fingerprint }), &answer)).await? {
            Created::Now(created) => match rendered.into_inner() {
                Some(reply) => Ok(reply.into_response()),
                None => Ok(render(&created)?.into_response()),
            },
            Created::Before(kept) => Ok(Reply::kept(&self.seal.open(&kept, &scope)?)?.replayed()),
        }
    }
}

impl FromRequest for Repeatable {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Key {
    fn scope(&self, by: &Principal) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(by.organization.uuid());
        hash.update(by.key.map_or(by.user.uuid(), Id::uuid));
        // Neither part can contain the separator.
        hash.update(&self.route);
        hash.update([0]);
        hash.update(&self.text);
        hash.finalize().into()
    }
}

/// What is asked for, in one spelling: a path may have its ids in upper case or encoded.
fn route(request: &HttpRequest) -> String {
    let pattern = request.match_pattern().unwrap_or_default();
    let mut route = format!("{} {pattern}", request.method());
    for (_, value) in request.match_info().iter() {
        route.push(' ');
        match Uuid::parse_str(value) {
            Ok(id) => route.push_str(&id.to_string()),
            Err(_) => route.push_str(value),
        }
    }
    route
}

fn key(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let mut values = request.headers().get_all(&IDEMPOTENCY_KEY);
    let Some(value) = values.next() else { return Ok(None) };
    match idempotency_key(value) {
        Some(text) if values.next().is_none() => Ok(Some(text)),
        Some(_) | None => Err(ApiError::new(&INVALID_IDEMPOTENCY_KEY)),
    }
}

/// Reads a key: 1 to 255 visible characters of ASCII.
pub(crate) fn idempotency_key(value: &HeaderValue) -> Option<String> {
    let visible = |byte: &u8| (0x21..=0x7e).contains(byte);
    let good = (1..=255).contains(&value.len()) && value.as_bytes().iter().all(visible);
    value.to_str().ok().filter(|_| good).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(lines: &[&str]) -> Result<Option<String>, &'static str> {
        let request = lines.iter().fold(TestRequest::post(), |request, line| {
            request.append_header((IDEMPOTENCY_KEY.clone(), *line))
        });
        key(&request.to_http_request()).map_err(|error| error.kind().code)
    }

    #[test]
    fn a_key_is_1_to_255_visible_characters_given_once() {
        let longest = "k".repeat(255);
        assert_eq!(read(&[]), Ok(None));
        for text in ["\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "!", "~", &longest] {
            assert_eq!(read(&[text]), Ok(Some(text.to_owned())));
        }
        for text in ["", "a b", "ä", &"k".repeat(256)] {
            assert_eq!(read(&[text]), Err("invalid_idempotency_key"), "{text}");
        }
        assert_eq!(read(&["a", "b"]), Err("invalid_idempotency_key"));
    }

    #[test]
    fn a_request_is_in_flight_until_its_guard_is_dropped() {
        let all = Arc::new(InFlight::default());
        let running = all.enter([7; 32]).unwrap();
        assert!(all.enter([7; 32]).is_none());
        assert!(all.enter([8; 32]).is_some());
        drop(running);
        assert!(all.enter([7; 32]).is_some());
    }
}
