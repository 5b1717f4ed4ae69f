//! The OpenAPI document: what the handlers say of themselves, and what follows from how they are made.

mod bounds;
mod codes;
#[cfg(test)]
mod completeness;
mod examples;
mod failures;
pub(crate) mod headers;
mod responses;
mod told;
mod words;

use bounds::Bounds;
use examples::Examples;
use include_flate::flate;
use responses::Common;
use told::Told;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use crate::problem::Problem;
use crate::routes::{
    api_keys, assets, audit, auth, cluster, conversations, credentials, devices, events, graph, health, invitations,
    keys, members, messages, metrics, organizations, profile, queues, rooms, sessions, setup, sites, units, users,
};
use crate::socket::{tickets, upgrade};
use crate::webhook;

/// Accounts, organizations and assets of Tenon.
///
/// Every failure is a problem document (RFC 9457) with a stable `code`. Every answer has `X-Request-Id`; every answer of
/// a limited route has `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` (seconds) and `RateLimit-Policy`.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Tenon", license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT")),
    servers((url = "/")),
    tags(
        (name = "auth", description = "Accounts, tokens and sessions"),
        (name = "users", description = "Accounts, for the operator of the installation"),
        (name = "organizations", description = "Tenants"),
        (name = "members", description = "Who belongs to an organization"),
        (name = "invitations", description = "Who is to belong to it"),
        (name = "apiKeys", description = "What servers of an organization use the API with"),
        (name = "sites", description = "Places of an organization"),
        (name = "units", description = "Parts of a site"),
        (name = "assets", description = "What an organization owns"),
        (name = "credentials", description = "Secrets that an organization entrusts to the server, and that nobody is shown"),
        (name = "messages", description = "What members send one another, encrypted from end to end"),
        (name = "keys", description = "What people encrypt with"),
        (name = "devices", description = "Devices with keys of their own, and their prekeys"),
        (name = "rooms", description = "Where events are heard"),
        (name = "sockets", description = "Events as they happen"),
        (name = "graph", description = "What Microsoft Graph tells of"),
        (name = "queues", description = "Work that is done later, for the operator of the installation"),
        (name = "cluster", description = "Instances and nodes, for the operator of the installation"),
        (name = "audit", description = "Who did what, kept for good"),
        (name = "health", description = "How the server does"),
    ),
    paths(
        auth::register, auth::login, auth::refresh, auth::logout, auth::switch, auth::change_password,
        profile::find, profile::change,
        sessions::list, sessions::remove_all, sessions::find, sessions::change, sessions::remove,
        users::list, users::find, users::change,
        organizations::list, organizations::create, organizations::find, organizations::change, organizations::remove,
        members::list, members::find, members::change, members::remove,
        invitations::list, invitations::create, invitations::remove, invitations::accept,
        api_keys::list, api_keys::create, api_keys::find, api_keys::remove,
        sites::list, sites::create, sites::find, sites::change, sites::remove,
        units::list, units::create, units::find, units::change, units::remove,
        assets::list, assets::create, assets::find, assets::change, assets::remove,
        credentials::list, credentials::create, credentials::find, credentials::replace, credentials::remove,
        messages::send, messages::list, messages::acknowledge, messages::settings, messages::set_settings,
        messages::retention, messages::set_retention, messages::purge,
        conversations::list, conversations::messages, conversations::mark_read,
        keys::own_public_key, keys::publish, keys::public_key, keys::log, keys::changes,
        devices::list, devices::create, devices::remove, devices::supply, devices::stock,
        devices::of_user, devices::claim,
        events::to_organization, events::to_site, events::to_unit, events::to_user,
        rooms::activity, rooms::history, rooms::presence,
        upgrade::connect, tickets::create,
        webhook::receive,
        graph::list, graph::create, graph::find, graph::remove, graph::renew, graph::synced, graph::rotate_certificate,
        graph::notifications, graph::notification, graph::replay,
        queues::list, queues::jobs, queues::retry, queues::discard,
        cluster::show,
        audit::of_organization, audit::list,
        setup::show, metrics::report, health::report, health::live, health::ready, health::openapi,
    ),
    components(schemas(Problem)),
    modifiers(&Bearer, &Common, &Bounds, &Examples, &Told),
)]
struct Document;

flate!(
    /// The document as it is checked in (OpenAPI 3.1); a test holds it equal to the code.
    pub static DOCUMENT: str from "openapi.json"
);

/// The document as the code has it. It takes a megabyte and a half of code, which is left out of what does not call it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let scheme = scheme
            .description(Some("An access token of login, register, refresh or switch."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("tenon_");
        let scheme = scheme
            .description(Some("An API key of the organization that has the named scope."))
            .build();
        components.add_security_scheme("apiKey", SecurityScheme::Http(scheme));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::routes::TABLE;

    fn document() -> serde_json::Value {
        serde_json::to_value(openapi()).unwrap()
    }

    #[test]
    fn the_document_and_the_table_of_routes_have_the_same_operations() {
        let document = document();
        let mut documented = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                documented.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        let mut routed = BTreeSet::new();
        for path in TABLE {
            for method in path.methods.iter().filter(|method| **method != "HEAD") {
                assert!(
                    routed.insert(format!("{method} {}", path.template)),
                    "{method} {} twice",
                    path.template
                );
            }
        }
        assert_eq!(documented, routed);
    }

    #[test]
    fn the_checked_in_document_is_current() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        let current = format!("{}\n", openapi().to_pretty_json().unwrap());
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            std::fs::write(&file, &current).unwrap();
        }
        let checked_in = std::fs::read_to_string(&file).unwrap();
        assert!(
            checked_in == current,
            "openapi.json is stale: run this test with UPDATE_OPENAPI=1"
        );
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_how_it_fails() {
        let document = document();
        let mut names = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} twice");
                let responses = operation["responses"].as_object().unwrap();
                let secured = operation.get("security").is_some();
                assert_eq!(
                    secured,
                    responses.contains_key("401") && name != "login" && name != "refresh",
                    "{name}"
                );
                assert!(responses.contains_key("500"), "{method} {path}");
                for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
                    let problem = response["content"]["application/problem+json"].is_object();
                    assert!(problem || path.starts_with("/api/health"), "{method} {path} {status}");
                }
            }
        }
    }

    #[test]
    fn it_says_3_1() {
        assert_eq!(document()["openapi"], "3.1.0");
    }
}
