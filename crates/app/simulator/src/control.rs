//! `/simulate`: what a person or a test makes happen, and what came of it.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::faults::{Endpoint, Fault};
use crate::order::{Lifecycle, Order, OrderError};
use crate::simulator::{order, remove};
use crate::world::World;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/notifications", web::post().to(notify))
        .route("/faults/{endpoint}", web::post().to(break_down))
        .route("/faults/{endpoint}", web::delete().to(repair))
        .route("/subscriptions", web::get().to(subscriptions))
        .route("/subscriptions/{id}/expire", web::post().to(expire))
        .route("/subscriptions/{id}/remove", web::post().to(take_away))
        .route("/keys/rotate", web::post().to(rotate))
        .route("/tokens/revoke", web::post().to(revoke))
        .route("/log", web::get().to(log))
        .route("/log", web::delete().to(clear_log));
}

/// `POST /simulate/notifications`: an [`Order`]. Answers 200 with each post's first attempt, or 202 at once with `"wait": false`.
async fn notify(world: web::Data<World>, body: web::Bytes) -> HttpResponse {
    let text: &[u8] = if body.is_empty() { b"{}" } else { &body };
    let wanted: Order = match serde_json::from_slice(text) {
        Ok(wanted) => wanted,
        Err(error) => return refused(400, &error.to_string()),
    };
    let wait = wanted.wait;
    let world = world.into_inner();
    let under_way = world.runtime.clone().spawn(async move { order(&world, wanted).await });
    if !wait {
        return HttpResponse::Accepted().json(json!({"status": "accepted"}));
    }
    match under_way.await {
        Ok(Ok(sent)) => HttpResponse::Ok().json(json!({"posts": sent})),
        Ok(Err(error @ OrderError::NoSubscription)) => refused(404, &error.to_string()),
        Ok(Err(error @ OrderError::Senseless(_))) => refused(400, &error.to_string()),
        Ok(Err(OrderError::Key(error))) => refused(500, &error.to_string()),
        Err(error) => refused(500, &error.to_string()),
    }
}

/// `POST /simulate/faults/{token|keys|graph}`: a [`Fault`].
async fn break_down(world: web::Data<World>, endpoint: web::Path<Endpoint>, fault: web::Json<Fault>) -> HttpResponse {
    world.faults.set(*endpoint, fault.into_inner());
    HttpResponse::NoContent().finish()
}

async fn repair(world: web::Data<World>, endpoint: web::Path<Endpoint>) -> HttpResponse {
    world.faults.clear(*endpoint);
    HttpResponse::NoContent().finish()
}

async fn subscriptions(world: web::Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(json!({"value": world.subscriptions.all()}))
}

/// Ends it as time would, without a word.
async fn expire(world: web::Data<World>, id: web::Path<String>) -> HttpResponse {
    match world.subscriptions.remove(&id) {
        Some(_) => HttpResponse::NoContent().finish(),
        None => refused(404, "there is no such subscription"),
    }
}

/// Ends it and tells so.
async fn take_away(world: web::Data<World>, id: web::Path<String>) -> HttpResponse {
    let world = world.into_inner();
    let runtime = world.runtime.clone();
    let told = runtime.spawn(async move { remove(&world, &id).await }).await;
    match told {
        Ok(Ok(sent)) => HttpResponse::Ok().json(json!({"posts": sent})),
        Ok(Err(error)) => refused(404, &error.to_string()),
        Err(error) => refused(500, &error.to_string()),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Rotation {
    /// Whether the key before stays published.
    keep: bool,
}

/// `POST /simulate/keys/rotate?keep=true`.
async fn rotate(world: web::Data<World>, rotation: web::Query<Rotation>) -> HttpResponse {
    match world.signer.lock().rotate(rotation.keep) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => refused(500, &error.to_string()),
    }
}

/// Makes every access token void.
async fn revoke(world: web::Data<World>) -> HttpResponse {
    world.holders.lock().clear();
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    after: u64,
}

/// `GET /simulate/log?after=7`: the attempts after the one with this number.
async fn log(world: web::Data<World>, since: web::Query<Since>) -> HttpResponse {
    HttpResponse::Ok().json(json!({"entries": world.journal.after(since.after)}))
}

async fn clear_log(world: web::Data<World>) -> HttpResponse {
    world.journal.clear();
    HttpResponse::NoContent().finish()
}

fn refused(status: u16, message: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    HttpResponse::build(status).json(json!({"error": message}))
}

impl Lifecycle {
    /// An order that tells of this event.
    pub fn order(self, subscription: &str) -> Order {
        Order {
            subscription: Some(subscription.to_owned()),
            lifecycle: Some(self),
            ..Order::default()
        }
    }
}
