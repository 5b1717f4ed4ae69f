use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use crate::delivery::reason;
use crate::journal::{Entry, Posted};
use crate::subscription::{Subscription, written};
use crate::world::World;

const LIMIT: Duration = Duration::from_secs(10);

/// Whether this address answers a validation as Graph wants it: within ten seconds 200, plain text, the token as it is.
pub async fn handshake(world: &World, subscription: &Subscription, url: &str) -> Result<(), String> {
    let request = Uuid::new_v4();
    // The real one is opaque too; this one has all that is easily decoded wrongly.
    let token =
        format!("Validation: Testing reachability for subscription Request-Id: {request} Größe 大 a+b 100% c&d=e/f");
    let mut address = Url::parse(url).map_err(|error| format!("{url} is no URL: {error}"))?;
    address.query_pairs_mut().append_pair("validationToken", &token);
    let started = Instant::now();
    let answered = ask(world, address).await;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let (status, outcome) = match answered {
        Ok(answer) => (Some(answer.status), answer.check(&token)),
        Err(reason) => (None, Err(reason)),
    };
    world.journal.write(Entry {
        number: 0,
        at: written(OffsetDateTime::now_utc()),
        what: Posted::Handshake,
        subscription: subscription.id.clone(),
        post: request.to_string(),
        url: url.to_owned(),
        attempt: 1,
        items: 0,
        change: None,
        lifecycle: None,
        forgery: None,
        duplicate: false,
        over: true,
        status,
        error: outcome.as_ref().err().cloned(),
        ms,
    });
    outcome
}

struct Answer {
    status: u16,
    media: String,
    body: String,
}

impl Answer {
    fn check(&self, token: &str) -> Result<(), String> {
        if self.status != 200 {
            return Err(format!("the answer was {}, not 200", self.status));
        }
        if !self.media.starts_with("text/plain") {
            return Err(format!("the answer was {:?}, not text/plain", self.media));
        }
        if self.body == token {
            Ok(())
        } else {
            Err("the answer was not the token".to_owned())
        }
    }
}

async fn ask(world: &World, address: Url) -> Result<Answer, String> {
    let request = world
        .client
        .post(address)
        .timeout(LIMIT)
        .header(CONTENT_TYPE, "text/plain; charset=utf-8")
        .body("");
    let answer = request.send().await.map_err(|error| reason(&error))?;
    let media = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Ok(Answer {
        status: answer.status().as_u16(),
        media: media.unwrap_or_default().to_owned(),
        body: answer.text().await.map_err(|error| reason(&error))?,
    })
}
