use std::collections::HashMap;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Endpoint {
    /// The token endpoint.
    Token,
    /// The list of keys.
    Keys,
    /// Subscriptions.
    Graph,
}

/// How it fails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The status of the answer; without it only time passes.
    pub status: Option<u16>,
    /// `Retry-After`: seconds, or an HTTP date.
    pub retry_after: Option<String>,
    /// Milliseconds before the answer.
    pub delay_ms: u64,
    /// For so many requests; without it until it is taken back.
    pub times: Option<u64>,
}

/// What fails at the moment.
#[derive(Default)]
pub struct Faults(Mutex<HashMap<Endpoint, Fault>>);

impl Faults {
    pub fn set(&self, endpoint: Endpoint, fault: Fault) {
        self.0.lock().insert(endpoint, fault);
    }

    pub fn clear(&self, endpoint: Endpoint) {
        self.0.lock().remove(&endpoint);
    }

    /// Lets pass what time there is to pass, and gives the answer, if it is not the usual one.
    pub async fn meet(&self, endpoint: Endpoint) -> Option<HttpResponse> {
        let fault = self.take(endpoint)?;
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        let status = StatusCode::from_u16(fault.status?).ok()?;
        let mut answer = HttpResponse::build(status);
        if let Some(time) = &fault.retry_after {
            answer.insert_header(("Retry-After", time.as_str()));
        }
        Some(answer.json(json!({"error": {"code": "simulated", "message": "made to fail"}})))
    }

    fn take(&self, endpoint: Endpoint) -> Option<Fault> {
        let mut faults = self.0.lock();
        let fault = faults.get_mut(&endpoint)?;
        let now = fault.clone();
        match &mut fault.times {
            Some(0 | 1) => {
                faults.remove(&endpoint);
            }
            Some(times) => *times -= 1,
            None => {}
        }
        (now.times != Some(0)).then_some(now)
    }
}
