//! Does the time of a refused login tell whether the account exists?

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::api::{Kind, call};
use crate::load::{Accept, Bound, Load, Run};
use crate::measure::median;
use crate::report::{millis, progress, save, say};
use crate::scene::{Contender, Database, PASSWORD, Setting};
use crate::wire::Request;

/// The difference of medians that is still no answer to a caller who asks, in per cent.
const TARGET_PER_CENT: f64 = 5.0;

/// `login`.
#[derive(Args)]
pub struct Login {
    /// The database.
    #[arg(default_value = "sqlite")]
    database: Database,
    /// The server.
    #[arg(long, default_value = "tenon")]
    server: Kind,
    /// How many pairs of an existing account with a wrong password, and a missing account.
    #[arg(long, default_value_t = 200)]
    pairs: usize,
    #[command(flatten)]
    setting: Setting,
}

impl Login {
    /// Measures the pairs one request at a time, the order within a pair changing from pair to pair.
    ///
    /// Each pair has an account of its own, so that what a server does after many failures on one account stays out of
    /// the figures.
    pub async fn run(mut self) -> Result<()> {
        let mut store = self.database.open()?;
        self.setting.assets = 0;
        let contender = Contender::prepare(self.server, &self.setting, &mut store).await?;
        progress(&format!("registering {} accounts", self.pairs));
        for pair in 0..self.pairs {
            call(
                contender.server.address,
                &self.server.register(&account(pair), PASSWORD),
            )
            .await?;
        }
        let (mut existing, mut missing) = (Vec::new(), Vec::new());
        for pair in 0..self.pairs {
            let wrong = self.server.login(&account(pair), "a-password-that-is-wrong");
            let absent = self
                .server
                .login(&format!("absent{pair}@bench.example"), "a-password-that-is-wrong");
            if pair % 2 == 0 {
                existing.push(self.refused(&contender, wrong).await?);
                missing.push(self.refused(&contender, absent).await?);
            } else {
                missing.push(self.refused(&contender, absent).await?);
                existing.push(self.refused(&contender, wrong).await?);
            }
        }
        self.report(median(existing), median(missing))
    }

    /// The latency of one login, which must be refused, on a connection of its own; in microseconds.
    async fn refused(&self, contender: &Contender, request: Request) -> Result<f64> {
        let requests = [request];
        let accept = Accept::Only(self.server.refused_login());
        let load = Load {
            accept,
            ..Load::new(contender.server.address, 1, &requests)
        };
        Ok(load.connect().await?.run(Bound::Count(1)).await?.latency.mean())
    }

    fn report(&self, existing: f64, missing: f64) -> Result<()> {
        let difference = (missing - existing) / existing * 100.0;
        say(&format!(
            "{}: wrong password {} ms, missing account {} ms, difference {difference:+.1} % (target: {TARGET_PER_CENT} %)",
            self.server.name(),
            millis(existing),
            millis(missing),
        ))?;
        let results = json!({
            "server": self.server.name(), "pairs": self.pairs, "wrongPasswordMicros": existing,
            "missingAccountMicros": missing, "differencePerCent": difference,
        });
        say(&format!("Written to {}.", save("login", results)?.display()))
    }
}

fn account(pair: usize) -> String {
    format!("account{pair}@bench.example")
}
