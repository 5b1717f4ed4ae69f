use url::Url;

use super::Environment;
use super::reader::Reader;

/// Microsoft Graph.
#[derive(Debug, Clone)]
pub struct Graph {
    /// Where Graph reaches the webhook; `None` when Graph is not used.
    pub webhook_url: Option<Url>,
}

impl Graph {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<Self> {
        let schemes: &[&str] = match environment {
            Some(Environment::Development) => &["https", "http"],
            Some(Environment::Production) | None => &["https"],
        };
        Some(Self {
            webhook_url: reader.url("graph.webhook_url", schemes)?,
        })
    }
}
