use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use tenon_kernel::{Quota, Standing};

static LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A quota, with the header that describes it.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub quota: Quota,
    header: HeaderValue,
}

impl Policy {
    pub fn new(quota: Quota) -> Self {
        let text = format!("{};w={}", quota.amount, quota.window.as_secs());
        let header = HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""));
        Self { quota, header }
    }

    /// Tells the client where it stands (draft-ietf-httpapi-ratelimit-headers-07).
    pub fn tell(&self, standing: &Standing, headers: &mut HeaderMap) {
        headers.reserve(4);
        headers.insert(LIMIT.clone(), HeaderValue::from(self.quota.amount.get()));
        headers.insert(REMAINING.clone(), HeaderValue::from(standing.remaining));
        let reset = standing.reset.as_millis().div_ceil(1000);
        headers.insert(
            RESET.clone(),
            HeaderValue::from(u64::try_from(reset).unwrap_or(u64::MAX)),
        );
        headers.insert(POLICY.clone(), self.header.clone());
    }
}
