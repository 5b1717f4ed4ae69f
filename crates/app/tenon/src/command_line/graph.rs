use std::time::Duration;

use clap::{Args, Subcommand};
use tenon_kernel::{GraphSubscriptionId, OrganizationId};
use url::Url;

use super::Format;

#[derive(Debug, Clone, Subcommand)]
pub enum GraphCommand {
    /// Be a Microsoft Graph on this machine, which posts to whoever subscribes. Needs no account, no network and no configuration.
    Simulate(Simulate),
    /// See to what an organization is told of: works on the database, also while Tenon serves.
    #[command(subcommand)]
    Subscriptions(SubscriptionsCommand),
    /// See as which apps an organization signs in to Microsoft.
    #[command(subcommand)]
    Apps(AppsCommand),
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum SubscriptionsCommand {
    /// List the subscriptions of an organization, oldest first, each with what last went wrong.
    List {
        #[arg(long, value_name = "ID")]
        organization: OrganizationId,
        #[command(flatten)]
        format: Format,
    },
    /// Show one.
    Show(Chosen),
    /// Have Microsoft Graph renew one now, or create or delete it if that did not work so far, and show how it does then.
    Renew(Chosen),
    /// End one, and have Microsoft Graph delete it now; a server goes on trying if that does not work.
    Delete {
        #[command(flatten)]
        chosen: Chosen,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// One subscription.
#[derive(Debug, Clone, Copy, Args)]
pub struct Chosen {
    #[arg(long, value_name = "ID")]
    pub organization: OrganizationId,
    #[arg(value_name = "ID")]
    pub subscription: GraphSubscriptionId,
    #[command(flatten)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum AppsCommand {
    /// List them, oldest first, without what is secret of them.
    List {
        #[arg(long, value_name = "ID")]
        organization: OrganizationId,
        #[command(flatten)]
        format: Format,
    },
}

#[derive(Debug, Clone, Args)]
pub struct Simulate {
    /// The port of 127.0.0.1 to listen on; 0 for any that is free.
    #[arg(long, default_value_t = 4010)]
    pub port: u16,
    /// How often something is posted: 500ms, 2s, 1m.
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = span)]
    pub every: Duration,
    /// Post nothing but what POST /simulate/notifications asks for.
    #[arg(long, conflicts_with = "every")]
    pub quiet: bool,
    /// The server that is going to subscribe, for the commands that are printed.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4000")]
    pub server: Url,
}

/// Reads `500ms`, `2s` or `1m`, of a millisecond to an hour.
fn span(text: &str) -> Result<Duration, &'static str> {
    let wrong = "must be like 500ms, 2s or 1m, and from 1ms to 60m";
    let units = [("ms", 1), ("s", 1000), ("m", 60_000)];
    let found = units
        .iter()
        .find_map(|(unit, millis)| Some((text.strip_suffix(unit)?, millis)));
    let (number, millis) = found.ok_or(wrong)?;
    let count: u64 = number.parse().map_err(|_| wrong)?;
    let all = count.checked_mul(*millis).filter(|all| (1..=3_600_000).contains(all));
    all.map(Duration::from_millis).ok_or(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_unit_and_is_from_a_millisecond_to_an_hour() {
        for (text, millis) in [("1ms", 1), ("500ms", 500), ("2s", 2000), ("60m", 3_600_000)] {
            assert_eq!(span(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "2",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "61m",
            "2h",
            "99999999999999999999m",
            "18446744073709551615m",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
