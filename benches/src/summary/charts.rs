use super::chart::{Bar, Group, draw};
use super::results::Results;
use crate::report::rate;

/// The charts by the names of their files; those whose figures are missing are left out.
pub fn all(results: &Results) -> Vec<(&'static str, String)> {
    let sqlite = ["Tenon", "PocketBase equal", "PocketBase as shipped"];
    let postgres = ["Tenon", "Fastify + pg", "Express + pg"];
    let drawings = [
        (
            "requests-sqlite.svg",
            "Requests a second on SQLite, 64 connections",
            requests(results, "sqlite", &sqlite),
        ),
        (
            "requests-postgres.svg",
            "Requests a second on Postgres, 64 connections",
            requests(results, "postgres", &postgres),
        ),
        (
            "fanout.svg",
            "Events to the sockets of a room, one core for the server",
            fanout(results),
        ),
        ("footprint.svg", "What an installation costs", footprint(results)),
    ];
    let drawn = drawings.into_iter().filter(|(_, _, groups)| !groups.is_empty());
    drawn
        .map(|(name, title, groups)| (name, draw(title, "Tenon", &groups)))
        .collect()
}

/// A group of those bars that have a figure; none without any.
fn group(name: &str, bars: impl IntoIterator<Item = (String, Option<f64>, fn(f64) -> String)>) -> Option<Group> {
    let bars = bars.into_iter().filter_map(|(name, value, shown)| {
        let value = value?;
        Some(Bar {
            name,
            value,
            label: shown(value),
        })
    });
    let bars: Vec<_> = bars.collect();
    (!bars.is_empty()).then(|| Group {
        name: name.to_owned(),
        bars,
    })
}

fn requests(results: &Results, step: &str, servers: &[&str]) -> Vec<Group> {
    let names = [
        ("get", "read one asset"),
        ("list", "list the newest twenty"),
        ("deep", "list twenty from the middle"),
        ("create", "create"),
        ("update", "update with If-Match"),
        ("mixed", "80 reads, 15 lists, 5 creations"),
    ];
    let groups = names.iter().filter_map(|(operation, name)| {
        let bars = servers.iter().map(|server| {
            let value = results.operation(step, operation, server, "perSecond");
            ((*server).to_owned(), value, rate as fn(f64) -> String)
        });
        group(name, bars)
    });
    groups.collect()
}

fn fanout(results: &Results) -> Vec<Group> {
    let servers = ["Tenon", "Tenon by Socket.IO", "ws", "Socket.IO"];
    let of = |name, step, mode, figure, shown: fn(f64) -> String| {
        let bars = servers.iter().map(|server| {
            let value = results.rounds(step, mode, server, figure);
            ((*server).to_owned(), value, shown)
        });
        group(name, bars)
    };
    let late = |micros: f64| format!("{:.1} ms", micros / 1000.0);
    let groups = [
        of(
            "deliveries a second, burst to 1,000 sockets",
            "fanout",
            "burst",
            "perSecond",
            rate,
        ),
        of(
            "deliveries a second, burst to 10,000 sockets",
            "fanout-10000",
            "burst",
            "perSecond",
            rate,
        ),
        of(
            "p99 at 100,000 deliveries a second",
            "fanout",
            "100 events/s",
            "p99",
            late,
        ),
    ];
    groups.into_iter().flatten().collect()
}

fn footprint(results: &Results) -> Vec<Group> {
    let servers = ["Tenon, shipped", "Tenon, release", "PocketBase equal"];
    let of = |name, figure, shown: fn(f64) -> String| {
        let bars = servers.iter().map(|server| {
            let value = results.entry("footprint", "servers", &[("server", server)], figure);
            ((*server).to_owned(), value, shown)
        });
        group(name, bars)
    };
    let kib = |kib: f64| format!("{:.0} MiB", kib / 1024.0);
    let groups = [
        of("memory at rest", "/idleKib", kib),
        of("memory after load", "/loadedKib", kib),
        of("start to the first answer", "/startMillis", |millis| {
            format!("{millis:.0} ms")
        }),
        of("the binary", "/binaryBytes", |bytes| {
            format!("{:.0} MiB", bytes / 1024.0 / 1024.0)
        }),
    ];
    groups.into_iter().flatten().collect()
}
