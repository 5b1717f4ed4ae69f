use std::time::Duration;

use tenon_graph::Lifetimes;
use tenon_microsoft::Addresses;
use url::Url;

use super::Environment;
use super::reader::Reader;

/// How Tenon and Microsoft Graph find each other.
#[derive(Debug, Clone)]
pub struct Graph {
    /// Where Graph reaches the webhook; without it nobody can subscribe.
    pub webhook_url: Option<Url>,
    /// Where Microsoft's identity platform and Graph are.
    pub addresses: Addresses,
    pub lifetimes: Lifetimes,
    /// The largest body that Graph may post.
    pub body_bytes: usize,
    /// How long what was posted is kept.
    pub keep_batches: Duration,
    /// How long it is known what was told already.
    pub keep_notifications: Duration,
}

impl Graph {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let plain = environment == Some(Environment::Development);
        let schemes: &[&str] = if plain { &["https", "http"] } else { &["https"] };
        let webhook_url = reader.url("graph.webhook_url", schemes);
        if let Some(Some(url)) = &webhook_url
            && (!url.path().ends_with("/webhooks/graph") || url.query().is_some() || url.fragment().is_some())
        {
            reader.refuse(
                "graph.webhook_url",
                "must end with /webhooks/graph: Graph adds to it what it has to say",
            );
        }
        let login = reader.url("graph.login_url", schemes);
        let api = reader.url("graph.api_url", schemes);
        let addresses = addresses(reader, login, api, plain);
        let expected = "a word of a resource and minutes: messages=4230";
        let by_word = reader.list("graph.lifetimes", expected, |text| Lifetimes::entry(text).ok());
        let otherwise = minutes(reader, "graph.lifetime_minutes");
        let rich = minutes(reader, "graph.resource_data_lifetime_minutes");
        let body_bytes = reader.number("graph.body_bytes", 64 * 1024..=256 * 1024 * 1024);
        let keep_batches = days(reader, "graph.keep_posted_days");
        let keep_notifications = days(reader, "graph.keep_notifications_days");
        if let (Some(batches), Some(notifications)) = (keep_batches, keep_notifications)
            && notifications < batches
        {
            reader.refuse(
                "graph.keep_notifications_days",
                "must not be less than graph.keep_posted_days",
            );
        }
        Some(Self {
            webhook_url: webhook_url?,
            addresses: addresses?,
            lifetimes: Lifetimes {
                by_word: by_word?,
                otherwise: otherwise?,
                rich: rich?,
            },
            body_bytes: body_bytes?,
            keep_batches: keep_batches?,
            keep_notifications: keep_notifications?,
        })
    }
}

fn addresses(
    reader: &mut Reader<'_>,
    login: Option<Option<Url>>,
    api: Option<Option<Url>>,
    plain: bool,
) -> Option<Addresses> {
    let mut there = |key, url: Option<Option<Url>>| {
        if url == Some(None) {
            reader.refuse(key, "must not be empty");
        }
        url.flatten()
    };
    let (login, api) = (there("graph.login_url", login), there("graph.api_url", api));
    Addresses::new(login?.as_str(), api?.as_str(), plain)
        .map_err(|error| reader.refuse("graph.login_url and graph.api_url", error.to_string()))
        .ok()
}

fn minutes(reader: &mut Reader<'_>, key: &str) -> Option<Duration> {
    reader
        .number(key, 1..=45_000)
        .map(|minutes: u64| Duration::from_secs(minutes * 60))
}

fn days(reader: &mut Reader<'_>, key: &str) -> Option<Duration> {
    reader
        .number(key, 1..=3650)
        .map(|days: u64| Duration::from_secs(days * 24 * 60 * 60))
}
