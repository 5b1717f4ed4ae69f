//! The servers as fault tests use them.
#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use xtask::programs;
use xtask::servers::{Postgres, Redis};

/// The client comes with every server, but not every installation puts both into one folder.
fn psql() -> Command {
    let beside_server = || programs::postgres().unwrap().join("psql");
    Command::new(programs::on_path("psql").unwrap_or_else(beside_server))
}

fn query(postgres: &Postgres, sql: &str) -> String {
    let output = psql()
        .args(["-X", "-q", "-t", "-A", "-c", sql, &postgres.url()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn ask(redis: &Redis, command: &str, answer: &str) {
    let mut connection = TcpStream::connect(("127.0.0.1", redis.port())).unwrap();
    connection.write_all(format!("{command}\r\n").as_bytes()).unwrap();
    let mut bytes = vec![0; answer.len()];
    connection.read_exact(&mut bytes).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), answer);
}

#[test]
fn postgres_is_durable_and_takes_300_connections() {
    let postgres = Postgres::start().unwrap();
    for (setting, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("max_connections", "300"),
    ] {
        assert_eq!(query(&postgres, &format!("SHOW {setting}")), value);
    }
}

#[test]
fn postgres_keeps_its_port_and_its_data_over_a_stop_and_a_kill() {
    keeps_its_port_and_its_data(Postgres::start().unwrap());
}

#[test]
fn postgres_in_memory_does_so_too() {
    keeps_its_port_and_its_data(Postgres::start_in_memory().unwrap());
}

fn keeps_its_port_and_its_data(mut postgres: Postgres) {
    let (url, first) = (postgres.url(), postgres.pid());
    query(&postgres, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");

    postgres.stop().unwrap();
    assert_eq!(postgres.pid(), None);
    assert!(TcpStream::connect(("127.0.0.1", postgres.port())).is_err());
    postgres.restart().unwrap();
    query(&postgres, "INSERT INTO kept VALUES (2)");

    postgres.kill().unwrap();
    postgres.restart().unwrap();
    assert_eq!(
        query(&postgres, "SELECT string_agg(n::text, ',' ORDER BY n) FROM kept"),
        "1,2"
    );
    assert_eq!(postgres.url(), url);
    assert_ne!(postgres.pid(), first);
}

#[test]
fn postgres_comes_back_after_a_kill_in_the_middle_of_a_query() {
    let mut postgres = Postgres::start().unwrap();
    let mut busy = psql()
        .args(["-X", "-c", "SELECT pg_sleep(60)", &postgres.url()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while query(
        &postgres,
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'",
    ) != "1"
    {}

    postgres.kill().unwrap();
    postgres.restart().unwrap();

    assert_eq!(query(&postgres, "SELECT 1"), "1");
    assert!(!busy.wait().unwrap().success());
}

#[test]
fn redis_keeps_its_port_and_forgets_its_keys_over_a_kill() {
    let mut redis = Redis::start().unwrap();
    let url = redis.url();
    ask(&redis, "SET kept 1", "+OK");

    redis.kill().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", redis.port())).is_err());
    redis.restart().unwrap();

    ask(&redis, "GET kept", "$-1");
    assert_eq!(redis.url(), url);
}

#[test]
fn a_dropped_server_is_gone() {
    let redis = Redis::start().unwrap();
    let port = redis.port();
    drop(redis);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}
