use super::Environment;
use super::reader::Reader;

/// Checks the URL at which Microsoft Graph reaches the webhook, so that a mistake in it shows at the start.
pub(super) fn check(reader: &mut Reader<'_>, environment: Option<Environment>) {
    let schemes: &[&str] = match environment {
        Some(Environment::Development) => &["https", "http"],
        Some(Environment::Production) | None => &["https"],
    };
    reader.url("graph.webhook_url", schemes);
}
