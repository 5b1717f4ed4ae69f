use std::net::{IpAddr, Ipv4Addr};

use url::Url;

use super::Environment;
use super::reader::Reader;

/// Where Tenon listens.
#[derive(Debug, Clone)]
pub struct Server {
    /// The address of the interface.
    pub bind: IpAddr,
    /// 0 for any port that is free.
    pub port: u16,
    /// Threads that answer; 0 for one a core.
    pub workers: usize,
    /// Where people reach this installation.
    pub app_url: Option<Url>,
}

impl Server {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let bind = reader.optional(
            "server.bind",
            "an IP address such as 127.0.0.1, 0.0.0.0 or ::",
            |text| text.trim_start_matches('[').trim_end_matches(']').parse().ok(),
        );
        let port = reader.parse(
            "server.port",
            "a port between 1 and 65535, or 0 for any free one",
            |t| t.parse().ok(),
        );
        let workers = reader.number("server.workers", 0..=1024);
        let app_url = reader.url("server.app_url", &["https", "http"]);
        let usual = match environment {
            Some(Environment::Production) => Ipv4Addr::UNSPECIFIED,
            Some(Environment::Development) | None => Ipv4Addr::LOCALHOST,
        };
        Some(Self {
            bind: bind?.unwrap_or(usual.into()),
            port: port?,
            workers: workers?,
            app_url: app_url?,
        })
    }
}
