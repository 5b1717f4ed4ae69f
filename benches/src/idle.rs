//! What a socket costs that does nothing.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::report::{progress, save, say, table};
use crate::sockets::{Crowd, Entrance, Host};

/// `idle`.
#[derive(Args)]
pub struct Idle {
    #[command(flatten)]
    entrance: Entrance,
    /// Sockets that are opened.
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// Accounts that they are spread over; each has a room of its own.
    #[arg(long, default_value_t = 1)]
    accounts: usize,
    /// How long the sockets are open before the memory is read. Beyond 25 seconds both servers have pinged all of them.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
}

impl Idle {
    /// Opens the sockets of one server after the other and compares its memory with what it was before.
    pub async fn run(self) -> Result<()> {
        let hosts = self.entrance.open(self.accounts).await?;
        let (mut rows, mut results) = (Vec::new(), Vec::new());
        for host in &hosts {
            let (before, after) = self.measure(host).await?;
            let each = after.saturating_sub(before) as f64 / self.sockets as f64;
            rows.push(vec![
                host.name().to_owned(),
                format!("{:.1}", before as f64 / 1024.0),
                format!("{:.1}", after as f64 / 1024.0),
                format!("{each:.1}"),
            ]);
            results.push(json!({
                "server": host.name(), "beforeKib": before, "afterKib": after, "kibPerSocket": each,
            }));
        }
        say(&table(
            &["", "RSS before MB", "RSS with sockets MB", "KiB per socket"],
            &rows,
        ))?;
        let document = json!({ "sockets": self.sockets, "accounts": self.accounts, "servers": results });
        say(&format!("Written to {}.", save("idle", document)?.display()))
    }

    /// The memory before and with the sockets. A few are opened and closed first, for what the first ones cost once.
    async fn measure(&self, host: &Host) -> Result<(u64, u64)> {
        progress(&format!("{}: opening {} sockets", host.name(), self.sockets));
        let time = Duration::from_secs(self.seconds);
        Crowd::open(host, 100).await?.rest(Duration::from_secs(1)).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = host.resident_kib()?;
        let mut crowd = Crowd::open(host, self.sockets).await?;
        crowd.rest(time).await?;
        Ok((before, host.resident_kib()?))
    }
}
