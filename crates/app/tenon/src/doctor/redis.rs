use secrecy::ExposeSecret;

use super::clocks::Told;
use super::finding::Finding;
use crate::configuration::{DatabaseUrl, Settings};

/// The first version that has every command in use.
const OLDEST: (u32, u32) = (6, 2);

/// Looks at Redis, if there is one; says what time it has.
pub async fn look(settings: &Settings) -> (Vec<Finding>, Option<Told>) {
    let Some(url) = &settings.redis.url else {
        return (vec![without(settings)], None);
    };
    let found = match tenon_redis::examine(url.expose_secret()).await {
        Ok(found) => found,
        Err(error) => {
            let remedy = "see that the server runs, that REDIS_URL names it with its password, and that nothing between them blocks it";
            return (vec![Finding::failure("redis", error.to_string(), remedy)], None);
        }
    };
    let told = Told::now(found.now);
    let answers = format!(
        "{} answers in {:.1} ms",
        found.version,
        found.round_trip.as_secs_f64() * 1000.0
    );
    let mut findings = vec![match version(&found.version) >= Some(OLDEST) {
        true => Finding::ok("redis", answers),
        false => Finding::failure("redis", answers, "use Redis 6.2 or later, or Valkey"),
    }];
    findings.push(eviction(&found.eviction));
    (findings, Some(told))
}

fn without(settings: &Settings) -> Finding {
    match settings.database.url {
        DatabaseUrl::Sqlite(_) => Finding::ok("redis", "none, and one instance needs none"),
        DatabaseUrl::Postgres(_) => Finding::warning(
            "redis",
            "none: every instance counts limits for itself, and events reach the sockets of their own instance only",
            "set REDIS_URL before there is a second instance",
        ),
    }
}

fn eviction(policy: &str) -> Finding {
    match policy {
        "noeviction" => Finding::ok("eviction", "noeviction"),
        "" => Finding::warning(
            "eviction",
            "the server does not say what it does when its memory is full",
            "see that maxmemory-policy is noeviction",
        ),
        other => Finding::failure(
            "eviction",
            format!("{other}: a full Redis forgets limits, tickets and histories of rooms, and says nothing"),
            "set maxmemory-policy to noeviction",
        ),
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}
