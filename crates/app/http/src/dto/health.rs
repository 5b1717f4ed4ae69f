use std::collections::BTreeMap;

use serde::Serialize;
use tenon_jobs::Count;
use tenon_kernel::ServiceState;
use utoipa::ToSchema;

use super::Stamp;
use crate::Api;
use crate::health::Health;

/// How the instance does.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// `healthy`, or `degraded` when a service is down.
    #[schema(example = "healthy")]
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    timestamp: Stamp,
    /// In seconds.
    uptime: f64,
    version: &'static str,
    services: Services,
    /// The number of jobs in each queue, counted some seconds ago.
    queues: BTreeMap<&'static str, DepthView>,
    webhooks: Webhooks,
}

/// How those who post here are answered.
#[derive(Serialize, ToSchema)]
struct Webhooks {
    graph: WebhookView,
}

/// How Microsoft Graph was answered in the last ten minutes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhookView {
    /// `ok`, or `slow` once half of what Graph puts up with is exceeded.
    #[schema(example = "ok")]
    status: &'static str,
    answers: u64,
    /// Those that took more than 3 s; Graph puts up with 10 %.
    over_3_seconds: u64,
    /// Those that took more than 10 s; Graph puts up with 15 %.
    over_10_seconds: u64,
}

/// How many jobs a queue has.
#[derive(Serialize, ToSchema)]
struct DepthView {
    waiting: u64,
    running: u64,
    /// Given up; the operator may retry or discard them.
    dead: u64,
}

/// What the instance depends on.
#[derive(Serialize, ToSchema)]
struct Services {
    database: ServiceView,
    redis: ServiceView,
}

/// How a service was when last looked at.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ServiceView {
    /// `up`, `down`, or `disabled` when it is not used.
    #[schema(example = "up")]
    status: &'static str,
    /// How long it took to answer, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    latency_ms: Option<f64>,
    /// Where requests are counted: `shared` by all instances, or in this `process` while Redis does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rate_limits: Option<&'static str>,
}

impl HealthView {
    pub fn of(api: &Api) -> Self {
        let health = &api.health;
        let webhook = api.webhook.standing();
        let mut redis = ServiceView::of(health, "redis");
        redis.rate_limits = health
            .limits_degraded()
            .map(|degraded| if degraded { "process" } else { "shared" });
        Self {
            status: if health.is_healthy() { "healthy" } else { "degraded" },
            timestamp: Stamp(api.clock.now()),
            uptime: (health.uptime().as_secs_f64() * 1000.0).round() / 1000.0,
            version: api.settings.version,
            services: Services {
                database: ServiceView::of(health, "database"),
                redis,
            },
            webhooks: Webhooks {
                graph: WebhookView {
                    status: if webhook.is_slow() { "slow" } else { "ok" },
                    answers: webhook.answers,
                    over_3_seconds: webhook.late,
                    over_10_seconds: webhook.lost,
                },
            },
            queues: api.queues.latest().into_iter().map(DepthView::of).collect(),
        }
    }
}

impl DepthView {
    fn of(count: Count) -> (&'static str, Self) {
        let view = Self {
            waiting: count.waiting,
            running: count.running,
            dead: count.dead,
        };
        (count.queue.as_str(), view)
    }
}

impl ServiceView {
    fn of(health: &Health, name: &str) -> Self {
        let state = health
            .services()
            .find(|(service, _)| *service == name)
            .map(|(_, state)| state);
        let (status, latency) = match state {
            Some(ServiceState::Up(latency)) => ("up", Some(latency)),
            Some(ServiceState::Down) => ("down", None),
            None => ("disabled", None),
        };
        Self {
            status,
            latency_ms: latency.map(|latency| latency.as_micros() as f64 / 1000.0),
            rate_limits: None,
        }
    }
}

/// Whether the instance does what was asked about.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sign {
    /// `live`, `ready` or `not_ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
}
