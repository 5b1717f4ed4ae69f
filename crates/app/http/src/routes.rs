//! The table of routes. What is not in it is not served, and a test holds it equal to the OpenAPI document.

pub(crate) mod api_keys;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod cluster;
pub(crate) mod conversations;
pub(crate) mod credentials;
pub(crate) mod devices;
mod docs;
pub(crate) mod events;
mod fallback;
pub(crate) mod graph;
pub(crate) mod health;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod metrics;
pub(crate) mod organizations;
pub(crate) mod profile;
pub(crate) mod queues;
pub(crate) mod rooms;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod sites;
pub(crate) mod units;
pub(crate) mod users;

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};

use crate::Api;
use crate::middleware::{Class, Gate, Guessers};
use crate::server::Beside;
use crate::socket::{tickets, upgrade};
use crate::{socketio, webhook};

/// A path and what can be done there.
pub(crate) struct Path {
    pub template: &'static str,
    pub class: Class,
    /// The value of `Allow`.
    pub methods: &'static [&'static str],
    routes: fn(Resource) -> Resource,
}

macro_rules! methods {
    (get) => { ["GET", "HEAD"] };
    (get $($rest:ident)+) => { methods!(@ "GET", "HEAD"; $($rest)+) };
    ($($rest:ident)+) => { methods!(@ ; $($rest)+) };
    (@ $($done:literal),*; post $($rest:ident)*) => { methods!(@ $($done,)* "POST"; $($rest)*) };
    (@ $($done:literal),*; put $($rest:ident)*) => { methods!(@ $($done,)* "PUT"; $($rest)*) };
    (@ $($done:literal),*; patch $($rest:ident)*) => { methods!(@ $($done,)* "PATCH"; $($rest)*) };
    (@ $($done:literal),*; delete $($rest:ident)*) => { methods!(@ $($done,)* "DELETE"; $($rest)*) };
    (@ $($done:literal),*;) => { [$($done),*] };
}

macro_rules! route {
    ($resource:expr, get $handler:path) => {
        $resource.route(web::get().to($handler)).route(web::head().to($handler))
    };
    ($resource:expr, $method:ident $handler:path) => {
        $resource.route(web::$method().to($handler))
    };
}

macro_rules! table {
    ($($class:ident $template:literal { $($method:ident $handler:path),+ })*) => {
        &[$(Path {
            template: $template,
            class: Class::$class,
            methods: &methods!($($method)+),
            routes: |resource| { $(let resource = route!(resource, $method $handler);)+ resource },
        }),*]
    };
}

/// Every path. The router tries them in this order, so that the busiest come first.
#[rustfmt::skip]
pub(crate) static TABLE: &[Path] = table! {
    Api "/api/assets/{asset}" { get assets::find, patch assets::change, delete assets::remove }
    Api "/api/assets" { get assets::list, post assets::create }

    Api "/api/auth/refresh" { post auth::refresh }
    Auth "/api/auth/login" { post auth::login }
    Auth "/api/auth/register" { post auth::register }
    Auth "/api/auth/change-password" { post auth::change_password }
    Api "/api/auth/logout" { post auth::logout }
    Api "/api/auth/switch" { post auth::switch }
    Api "/api/auth/me" { get profile::find, patch profile::change }
    Api "/api/auth/sessions" { get sessions::list, delete sessions::remove_all }
    Api "/api/auth/sessions/{session}" { get sessions::find, patch sessions::change, delete sessions::remove }

    Api "/api/users" { get users::list }
    Api "/api/users/{user}" { get users::find, patch users::change }

    Api "/api/users/me/public-key" { get keys::own_public_key, put keys::publish }
    Api "/api/users/{user}/public-key" { get keys::public_key }
    Api "/api/users/{user}/devices" { get devices::of_user }
    Api "/api/users/{user}/key-log" { get keys::log }
    Api "/api/keys/claim" { post devices::claim }
    Api "/api/keys/changes" { get keys::changes }
    Api "/api/devices" { get devices::list, post devices::create }
    Api "/api/devices/{device}" { delete devices::remove }
    Api "/api/devices/{device}/prekeys" { get devices::supply, post devices::stock }

    Api "/api/orgs" { get organizations::list, post organizations::create }
    Api "/api/orgs/{organization}" {
        get organizations::find, patch organizations::change, delete organizations::remove
    }
    Api "/api/orgs/{organization}/members" { get members::list }
    Api "/api/orgs/{organization}/members/{user}" { get members::find, patch members::change, delete members::remove }
    Api "/api/orgs/{organization}/invitations" { get invitations::list, post invitations::create }
    Api "/api/orgs/{organization}/invitations/{invitation}" { delete invitations::remove }
    Api "/api/invitations/accept" { post invitations::accept }
    Api "/api/orgs/{organization}/sites" { get sites::list, post sites::create }
    Api "/api/orgs/{organization}/sites/{site}" { get sites::find, patch sites::change, delete sites::remove }
    Api "/api/orgs/{organization}/units" { get units::list, post units::create }
    Api "/api/orgs/{organization}/units/{unit}" { get units::find, patch units::change, delete units::remove }

    Api "/api/orgs/{organization}/api-keys" { get api_keys::list, post api_keys::create }
    Api "/api/orgs/{organization}/api-keys/{key}" { get api_keys::find, delete api_keys::remove }

    Api "/api/credentials" { get credentials::list, post credentials::create }
    Api "/api/credentials/{credential}" { get credentials::find, put credentials::replace, delete credentials::remove }

    Api "/api/messages" { get messages::list, post messages::send }
    Api "/api/messages/ack" { post messages::acknowledge }
    Api "/api/conversations" { get conversations::list }
    Api "/api/conversations/{user}/messages" { get conversations::messages }
    Api "/api/conversations/{user}/read" { post conversations::mark_read }
    Api "/api/users/me/message-settings" { get messages::settings, put messages::set_settings }
    Api "/api/orgs/{organization}/message-retention" { get messages::retention, put messages::set_retention }
    Api "/api/orgs/{organization}/messages/purge" { post messages::purge }

    Api "/api/orgs/{organization}/activity" { get rooms::activity }
    Api "/api/orgs/{organization}/audit" { get audit::of_organization }
    Api "/api/audit" { get audit::list }

    Api "/api/orgs/{organization}/events" { post events::to_organization }
    Api "/api/orgs/{organization}/sites/{site}/events" { post events::to_site }
    Api "/api/orgs/{organization}/units/{unit}/events" { post events::to_unit }
    Api "/api/orgs/{organization}/users/{user}/events" { post events::to_user }
    Api "/api/rooms/{room}/history" { get rooms::history }
    Api "/api/rooms/{room}/presence" { get rooms::presence }
    Api "/api/ws" { get upgrade::connect }
    Api "/api/ws/ticket" { post tickets::create }

    Free "/webhooks/graph" { post webhook::receive }
    Api "/api/graph/subscriptions" { get graph::list, post graph::create }
    Api "/api/graph/subscriptions/{subscription}" { get graph::find, delete graph::remove }
    Api "/api/graph/subscriptions/{subscription}/renew" { post graph::renew }
    Api "/api/graph/subscriptions/{subscription}/synced" { post graph::synced }
    Api "/api/graph/certificate/rotate" { post graph::rotate_certificate }
    Api "/api/graph/notifications" { get graph::notifications }
    Api "/api/graph/notifications/{notification}" { get graph::notification }
    Api "/api/graph/notifications/{notification}/replay" { post graph::replay }
    Api "/api/cluster" { get cluster::show }
    Api "/api/queues" { get queues::list }
    Api "/api/queues/{queue}/jobs" { get queues::jobs }
    Api "/api/queues/{queue}/jobs/{job}" { delete queues::discard }
    Api "/api/queues/{queue}/jobs/{job}/retry" { post queues::retry }

    Free "/metrics" { get metrics::report }
    Free "/api/health" { get health::report }
    Free "/api/health/live" { get health::live }
    Free "/api/health/ready" { get health::ready }
    Free "/api/setup" { get setup::show }
    Free "/api/openapi.json" { get health::openapi }
};

/// Serves Socket.IO, the table, what is beside it, and problem documents for every other path and method.
pub(crate) fn register(
    api: &web::Data<Api>,
    guessers: &web::Data<Guessers>,
    beside: Option<Beside>,
    config: &mut ServiceConfig,
) {
    // Each poll is a request, and behind the table it would be compared with every path that has an id in it.
    for path in socketio::PATHS {
        let resource = web::resource(path).route(web::route().to(socketio::connect));
        config.service(resource.wrap(Gate::at(api, guessers, Class::Held, path)));
    }
    for path in TABLE {
        let resource = (path.routes)(web::resource(path.template));
        let resource = resource.default_service(fallback::method_not_allowed(path.methods));
        config.service(resource.wrap(Gate::at(api, guessers, path.class, path.template)));
    }
    for path in docs::PATHS {
        let handler = || {
            if path.ends_with('}') {
                web::route().to(docs::part)
            } else {
                web::route().to(docs::page)
            }
        };
        let read = |method: Method| handler().method(method);
        let resource = web::resource(path).route(read(Method::GET)).route(read(Method::HEAD));
        let resource = resource.default_service(fallback::method_not_allowed(&["GET", "HEAD"]));
        config.service(resource.wrap(Gate::at(api, guessers, Class::Free, path)));
    }
    if let Some(beside) = beside {
        beside(config);
    }
    let nowhere: Route = web::route().to(fallback::not_found);
    config.default_service(nowhere.wrap(Gate::new(api, guessers, Class::Api)));
}
