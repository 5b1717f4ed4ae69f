//! Whether what an event costs grows with the rooms that there are: the same room beside ever more others.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use futures_util::future::{Either, select, try_join_all};
use hdrhistogram::Histogram;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::api::{Kind, call};
use crate::measure::{Meter, Watched};
use crate::messages::Line;
use crate::processes::resident_kib;
use crate::report::{millis, progress, rate, save, say, table};
use crate::scene::{EMAIL, PASSWORD};
use crate::server::{Launch, Server, Store};
use crate::sqlite;

/// Limits that would end a measurement; everything else stays as it ships.
const RAISED: [(&str, &str); 3] = [
    ("TENON__SOCKETS__ROOMS_PER_SOCKET", "2000"),
    ("TENON__SOCKETS__PER_USER", "1000000"),
    ("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000000"),
];

/// Rooms that one socket is in.
const EACH: usize = 1_000;

/// How many rooms a socket asks for before it waits for the answers.
const AT_ONCE: usize = 50;

/// `rooms`.
#[derive(Args)]
pub struct Rooms {
    /// Tenon's binary.
    #[arg(long, default_value = "target/release/tenon")]
    tenon: PathBuf,
    /// Rooms that sockets are in, a thousand rooms each; a server for each of these numbers.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    rooms: Vec<usize>,
    /// Sockets in the room that is measured.
    #[arg(long, default_value_t = 10)]
    listeners: usize,
    /// Events, each sent when all have heard the one before.
    #[arg(long, default_value_t = 3_000)]
    events: usize,
}

/// What was measured; latencies and CPU times in microseconds, CPU per event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rooms: usize,
    per_second: f64,
    p50: f64,
    p99: f64,
    server_cpu: f64,
    others: f64,
    kib_per_room: f64,
}

impl Rooms {
    /// Measures one number of rooms after the other.
    pub async fn run(self) -> Result<()> {
        let mut outcomes = Vec::new();
        for rooms in &self.rooms {
            progress(&format!("starting with {rooms} rooms"));
            outcomes.push(self.measure(*rooms).await.with_context(|| format!("{rooms} rooms"))?);
        }
        let row = |outcome: &Outcome| {
            vec![
                outcome.rooms.to_string(),
                rate(outcome.per_second),
                millis(outcome.p50),
                millis(outcome.p99),
                format!("{:.1}", outcome.server_cpu),
                format!("{:.2}", outcome.kib_per_room),
                format!("{:.0}", outcome.others * 100.0),
            ]
        };
        let head = [
            "rooms",
            "events/s",
            "p50 ms",
            "p99 ms",
            "server CPU us",
            "KiB per room",
            "others' CPU %",
        ];
        say(&table(&head, &outcomes.iter().map(row).collect::<Vec<_>>()))?;
        let document = json!({ "listeners": self.listeners, "events": self.events, "outcomes": outcomes });
        say(&format!("Written to {}.", save("rooms", document)?.display()))
    }

    async fn measure(&self, rooms: usize) -> Result<Outcome> {
        let launch = Launch {
            core: None,
            environment: &RAISED,
        };
        let server = Server::launch(Kind::Tenon, &self.tenon, &mut Store::Sqlite, &launch).await?;
        call(server.address, &Kind::Tenon.register(EMAIL, PASSWORD)).await?;
        let signed_in = call(server.address, &Kind::Tenon.login(EMAIL, PASSWORD)).await?;
        let text = |pointer: &str| signed_in.pointer(pointer).and_then(Value::as_str);
        let token = text("/accessToken").context("no token")?;
        let organization = text("/organization/id").context("no organization")?;
        let count = rooms.div_ceil(EACH) * EACH;
        sqlite::run(&server.folder().join("data/tenon.db"), &sites(organization, count))?;
        let before = resident_kib(server.id())?;
        let ready = Semaphore::new(0);
        let holding = (0..count / EACH).map(|index| hold(&server, token, organization, index * EACH, &ready));
        let measuring = async {
            let holders = u32::try_from(count / EACH)?;
            ready.acquire_many(holders).await?.forget();
            let after = resident_kib(server.id())?;
            let kib_per_room = after.saturating_sub(before) as f64 / count as f64;
            self.exchange(&server, token, &name(organization, 0), count, kib_per_room)
                .await
        };
        match select(Box::pin(measuring), Box::pin(try_join_all(holding))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((ended, _)) => ended.map(|_| anyhow::bail!("the sockets ended"))?,
        }
    }

    async fn exchange(
        &self,
        server: &Server,
        token: &str,
        room: &str,
        rooms: usize,
        kib_per_room: f64,
    ) -> Result<Outcome> {
        let mut listeners = Vec::new();
        for _ in 0..self.listeners {
            let mut line = Line::open(server.address, token).await?;
            line.send(&json!({ "id": "join", "type": "subscribe", "room": room }).to_string())
                .await?;
            answered(&mut line, 1).await?;
            listeners.push(line);
        }
        let mut latency: Histogram<u64> = Histogram::new_with_bounds(1, 60_000_000, 3)?;
        let watched = Watched {
            servers: vec![server.id()],
            databases: Vec::new(),
        };
        let (meter, begun) = (Meter::start(&watched)?, Instant::now());
        for number in 0..self.events {
            let frame = json!({ "type": "publish", "room": room, "event": "bench", "data": number });
            let sent = Instant::now();
            listeners
                .first_mut()
                .context("nobody listens")?
                .send(&frame.to_string())
                .await?;
            try_join_all(listeners.iter_mut().map(|line| heard(line, number))).await?;
            latency.saturating_record(u64::try_from(sent.elapsed().as_micros())?);
        }
        let elapsed = begun.elapsed();
        let cost = meter.stop(self.events as u64, elapsed)?;
        Ok(Outcome {
            rooms,
            per_second: self.events as f64 / elapsed.as_secs_f64(),
            p50: latency.value_at_quantile(0.5) as f64,
            p99: latency.value_at_quantile(0.99) as f64,
            server_cpu: cost.server,
            others: cost.others,
            kib_per_room,
        })
    }
}

/// Enters the rooms from `first` on, says so, and stays there.
async fn hold(server: &Server, token: &str, organization: &str, first: usize, ready: &Semaphore) -> Result<()> {
    let mut line = Line::open(server.address, token).await?;
    for from in (first..first + EACH).step_by(AT_ONCE) {
        for number in from..from + AT_ONCE {
            let frame = json!({ "id": number, "type": "subscribe", "room": name(organization, number) });
            line.send(&frame.to_string()).await?;
        }
        answered(&mut line, AT_ONCE).await?;
    }
    ready.add_permits(1);
    loop {
        line.next().await?;
    }
}

async fn answered(line: &mut Line, count: usize) -> Result<()> {
    let mut left = count;
    while left > 0 {
        let frame = line.next().await?;
        match frame.get("type").and_then(Value::as_str) {
            Some("ok") => left -= 1,
            Some("error") => ensure!(false, "refused: {frame}"),
            _ => {}
        }
    }
    Ok(())
}

async fn heard(line: &mut Line, number: usize) -> Result<()> {
    loop {
        let frame = line.next().await?;
        ensure!(frame.get("type") != Some(&json!("error")), "refused: {frame}");
        if frame.get("event") == Some(&json!("bench")) {
            ensure!(
                frame.get("data") == Some(&json!(number)),
                "{frame} came where {number} was due"
            );
            return Ok(());
        }
    }
}

/// The room of the site with this number, whose id is four times 1 and the number's twelve decimal digits, as SQLite can
/// write it.
fn name(organization: &str, number: usize) -> String {
    let digits: String = format!("{number:012}")
        .bytes()
        .map(|digit| format!("{digit:x}"))
        .collect();
    let (a, rest) = digits.split_at(4);
    let (b, rest) = rest.split_at(4);
    let (c, d) = rest.split_at(4);
    format!("org:{organization}:site:01010101-{a}-{b}-{c}-{d}")
}

fn sites(organization: &str, count: usize) -> String {
    format!(
        ".timeout 20000
        INSERT INTO sites (organization_id, id, name, version, created_at, updated_at)
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})
            SELECT {}, CAST(char(1, 1, 1, 1) || printf('%012d', i) AS BLOB), 'site ' || i, 1, 1600000000000000, 1600000000000000 FROM n;",
        sqlite::blob(organization)
    )
}
