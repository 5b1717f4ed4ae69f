use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// How a simulator is set up. The default takes a free port and lets anybody in.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// Who may sign in; anybody when there is none.
    pub clients: Vec<Client>,
    /// The directory whose notifications it sends, for those who sign in by a domain name: a UUID.
    pub tenant: String,
    /// By how much the waits between two attempts of a post are multiplied. Their limits stay.
    pub pace: f64,
    /// No subscription is granted for longer.
    pub longest: Duration,
}

/// An app that may sign in.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub secret: ClientSecret,
}

#[derive(Debug, Clone)]
pub enum ClientSecret {
    /// `client_secret`.
    Text(String),
    /// DER: it signs with the key of this certificate.
    Certificate(Vec<u8>),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clients: Vec::new(),
            tenant: "84bd8158-6d4d-4958-8b9f-9d6445542f95".to_owned(),
            pace: 1.0,
            longest: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}
