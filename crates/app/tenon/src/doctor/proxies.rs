use super::finding::Finding;
use crate::configuration::{Environment, Settings};

/// Compares whom the configuration believes with where it says that people reach it.
pub fn look(settings: &Settings) -> Vec<Finding> {
    let trusted = &settings.proxies.trusted;
    let app_url = settings.server.app_url.as_ref();
    let production = settings.environment == Environment::Production;
    let mut findings = Vec::new();
    if let Some(everybody) = trusted.iter().find(|network| network.prefix_len() == 0) {
        findings.push(Finding::failure(
            "proxies",
            format!("proxies.trusted has {everybody}: anybody can choose the address that limits and sessions see"),
            "name the addresses of your proxies and nothing else",
        ));
    }
    if settings.is_behind_tls() && trusted.is_empty() {
        findings.push(Finding::warning(
            "proxies",
            "server.app_url is https, so that a proxy ends TLS, and proxies.trusted names none",
            "name the proxy in proxies.trusted: otherwise all clients have its address, and share one limit",
        ));
    }
    match app_url {
        None if production => findings.push(Finding::warning(
            "app_url",
            "server.app_url is empty",
            "set APP_URL to where people reach this installation: browsers are told to insist on TLS then",
        )),
        Some(url) if production && url.scheme() == "http" => findings.push(Finding::warning(
            "app_url",
            format!("{url} has no TLS: passwords and tokens go in the clear"),
            "put a proxy with TLS in front (Caddy, nginx, cloudflared), and set APP_URL to its https address",
        )),
        _ => {}
    }
    if findings.is_empty() {
        findings.push(Finding::ok("proxies", said(settings)));
    }
    findings
}

fn said(settings: &Settings) -> String {
    match settings.proxies.trusted.as_slice() {
        [] => "none is trusted, and none is told of".to_owned(),
        some => {
            let names: Vec<String> = some.iter().map(ToString::to_string).collect();
            format!("{} may say whom they speak for", names.join(", "))
        }
    }
}
