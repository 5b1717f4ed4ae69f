use serde::Serialize;

use super::results::Results;

/// What was aimed at, and what was measured.
#[derive(Serialize)]
pub struct Target {
    what: String,
    bound: Bound,
    unit: &'static str,
    measured: Option<f64>,
    met: Option<bool>,
}

/// Which side is the good one.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    /// A row of the table of targets.
    pub fn row(&self) -> Vec<String> {
        let (sign, limit) = match self.bound {
            Bound::AtLeast(limit) => ("at least", limit),
            Bound::AtMost(limit) => ("at most", limit),
        };
        let shown = |value: f64| match value {
            value if value >= 1000.0 => format!("{:.0} k", value / 1000.0),
            value if value >= 100.0 => format!("{value:.0}"),
            value => format!("{value:.2}"),
        };
        let verdict = match self.met {
            Some(true) => "met".to_owned(),
            Some(false) => format!("missed by {:.0} %", self.distance() * 100.0),
            None => "not measured".to_owned(),
        };
        vec![
            self.what.clone(),
            format!("{sign} {limit}{}", self.unit),
            self.measured
                .map(|value| format!("{}{}", shown(value), self.unit))
                .unwrap_or_default(),
            verdict,
        ]
    }

    /// How far off it is, as a part of the target.
    fn distance(&self) -> f64 {
        let (Bound::AtLeast(limit) | Bound::AtMost(limit)) = self.bound;
        (self.measured.unwrap_or(limit) - limit).abs() / limit
    }
}

/// Collects targets.
struct List(Vec<Target>);

impl List {
    fn add(&mut self, what: &str, bound: Bound, unit: &'static str, measured: Option<f64>) {
        let met = measured.map(|value| match bound {
            Bound::AtLeast(limit) => value >= limit,
            Bound::AtMost(limit) => value <= limit,
        });
        self.0.push(Target {
            what: what.to_owned(),
            bound,
            unit,
            measured,
            met,
        });
    }

    fn at_least(&mut self, what: &str, limit: f64, unit: &'static str, measured: Option<f64>) {
        self.add(what, Bound::AtLeast(limit), unit, measured);
    }

    fn at_most(&mut self, what: &str, limit: f64, unit: &'static str, measured: Option<f64>) {
        self.add(what, Bound::AtMost(limit), unit, measured);
    }
}

const TIMES: &str = "x";
const MILLIS: &str = " ms";
const MEBIBYTES: &str = " MiB";

/// Every target, with what the results say of it.
pub fn targets(results: &Results) -> Vec<Target> {
    let mut list = List(Vec::new());
    requests(results, &mut list);
    sockets(results, &mut list);
    logins(results, &mut list);
    footprint(results, &mut list);
    growth(results, &mut list);
    list.0
}

fn over(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    Some(one? / other?)
}

fn requests(results: &Results, list: &mut List) {
    let rate = |step, operation, server| results.operation(step, operation, server, "perSecond");
    for (operation, limit) in [("get", 8.0), ("list", 10.0), ("create", 12.0)] {
        let ratio = |peer| over(rate("sqlite", operation, "Tenon"), rate("sqlite", operation, peer));
        let what = format!("{operation} on SQLite to PocketBase with the same durability and indexes");
        list.at_least(&what, limit, TIMES, ratio("PocketBase equal"));
    }
    let p99 = results.operation("sqlite-latency", "get", "Tenon", "p99");
    list.at_most(
        "p99 of get on SQLite, 8 connections",
        2.0,
        MILLIS,
        p99.map(|micros| micros / 1000.0),
    );
    for operation in ["get", "list", "deep", "create", "update", "mixed"] {
        let ratio = over(
            rate("postgres", operation, "Tenon"),
            rate("postgres", operation, "Fastify + pg"),
        );
        list.at_least(&format!("{operation} on Postgres to Fastify"), 2.0, TIMES, ratio);
    }
    for (peer, does) in [
        ("Fastify equal", "with the same indexes"),
        ("Fastify equal, feed", "with the same indexes and feed"),
    ] {
        for operation in ["create", "update"] {
            let rate = |server| rate("postgres-equal", operation, server);
            let what = format!("{operation} on Postgres to Fastify {does}");
            list.at_least(&what, 2.0, TIMES, over(rate("Tenon"), rate(peer)));
        }
    }
}

fn sockets(results: &Results, list: &mut List) {
    let of = |mode, server, figure| results.rounds("fanout", mode, server, figure);
    let burst = |server| of("burst", server, "perSecond");
    let paced = |server| of("100 events/s", server, "p99");
    list.at_least(
        "burst to 1,000 sockets to Socket.IO",
        8.0,
        TIMES,
        over(burst("Tenon"), burst("Socket.IO")),
    );
    list.at_least(
        "burst to 1,000 sockets, million deliveries a second",
        1.0,
        "",
        burst("Tenon").map(|rate| rate / 1e6),
    );
    list.at_most(
        "p99 at 100,000 deliveries/s",
        8.0,
        MILLIS,
        paced("Tenon").map(|micros| micros / 1000.0),
    );
    list.at_most(
        "the same, of Socket.IO's",
        0.2,
        TIMES,
        over(paced("Tenon"), paced("Socket.IO")),
    );
    let through = over(burst("Tenon by Socket.IO"), burst("Tenon"));
    list.at_least("burst through the Socket.IO endpoint, of native", 0.7, TIMES, through);
    let instances = |setup| results.rounds("instances", "burst", setup, "perSecond");
    let two = over(instances("two over Redis"), instances("one, in process"));
    list.at_least("burst of two instances over Redis, of one alone", 0.6, TIMES, two);
    let idle = |figure| results.entry("idle", "servers", &[("server", "Tenon")], figure);
    list.at_most("an idle socket", 12.0, " KiB", idle("/kibPerSocket"));
    list.at_most(
        "10,000 idle sockets",
        150.0,
        MEBIBYTES,
        idle("/afterKib").map(|kib| kib / 1024.0),
    );
}

fn logins(results: &Results, list: &mut List) {
    let with = |figure| results.median("flood", "with", figure);
    let without = results.median("flood", "without", "getsPerSecond");
    let kept = over(with("getsPerSecond"), without).map(|part| part * 100.0);
    list.at_least("get during a flood of logins, of what it is without", 65.0, " %", kept);
    list.at_most(
        "p99 of get during it",
        15.0,
        MILLIS,
        with("getP99").map(|micros| micros / 1000.0),
    );
    list.at_most(
        "p99 of the health check during it",
        5.0,
        MILLIS,
        with("healthP99").map(|micros| micros / 1000.0),
    );
    let logins = results.operation("sqlite", "login", "Tenon", "perSecond");
    list.at_least("logins at OWASP's parameters, with nothing else", 80.0, "/s", logins);
    let difference = results.number("login", "/differencePerCent").map(f64::abs);
    list.at_most("time of a refused login, account there or not", 5.0, " %", difference);
}

/// What is shipped where it was built; the size tells nothing of another profile.
fn footprint(results: &Results, list: &mut List) {
    let of = |server, figure: &str| results.entry("footprint", "servers", &[("server", server)], figure);
    let best = |figure| of("Tenon, shipped", figure).or_else(|| of("Tenon, release", figure));
    let mebibytes = |figure| best(figure).map(|kib| kib / 1024.0);
    let size = of("Tenon, shipped", "/binaryBytes").map(|bytes| bytes / 1024.0 / 1024.0);
    list.at_most("start to the first answer", 150.0, MILLIS, best("/startMillis"));
    list.at_most("memory at rest", 40.0, MEBIBYTES, mebibytes("/idleKib"));
    list.at_most("memory after load", 100.0, MEBIBYTES, mebibytes("/loadedKib"));
    list.at_most("the binary", 20.0, MEBIBYTES, size);
}

/// Whether a cost grows with what is kept is told by processor time, which other programs disturb least.
fn growth(results: &Results, list: &mut List) {
    let cost = |request, assets| {
        let entry = [("request", request), ("assets", assets)];
        results.entry("scale", "sizes", &entry, "/medians/serverCpu")
    };
    let deep = over(cost("page 10,000", "1000000"), cost("page 1", "1000000"));
    list.at_most("page 10,000 of a million assets, of page 1", 1.15, TIMES, deep);
    let grown = over(cost("page 1", "1000000"), cost("page 1", "1000"));
    list.at_most("page 1 of a million assets, of that of a thousand", 1.15, TIMES, grown);
    let grown = over(cost("create", "1000000"), cost("create", "1000"));
    list.at_most(
        "create beside a million assets, of that beside a thousand",
        1.5,
        TIMES,
        grown,
    );
    let send = |history| results.rounds("messages-sqlite", "pairs", history, "serverCpu");
    let grown = over(send("1000000"), send("0"));
    list.at_most(
        "a message after a million, of one after none, on SQLite",
        1.15,
        TIMES,
        grown,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_on_its_good_side_and_says_by_how_much_it_is_missed() {
        let mut list = List(Vec::new());
        list.at_least("a", 2.0, TIMES, Some(2.5));
        list.at_most("b", 40.0, MEBIBYTES, Some(42.0));
        list.at_most("c", 40.0, MEBIBYTES, None);
        let rows: Vec<_> = list.0.iter().map(Target::row).collect();
        assert_eq!(rows[0], ["a", "at least 2x", "2.50x", "met"]);
        assert_eq!(rows[1], ["b", "at most 40 MiB", "42.00 MiB", "missed by 5 %"]);
        assert_eq!(rows[2], ["c", "at most 40 MiB", "", "not measured"]);
    }
}
