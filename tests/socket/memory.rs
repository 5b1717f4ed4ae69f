//! What sockets cost.

use std::fs;

use tenon_tests::app::{Setup, TestApp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Resident memory of the server, in KiB.
fn resident(app: &TestApp) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", app.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_header_that_announces_300_mib_costs_nothing_and_ends_the_socket() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    ada.socket().await.close().await;
    let mut connection = ada.socket().await.into_inner();
    let before = resident(&app);
    let mut bytes = vec![0x82, 0xff];
    bytes.extend(300_u64.wrapping_mul(1024 * 1024).to_be_bytes());
    bytes.extend([1, 2, 3, 4]);
    // The server may end the connection while this is still being sent.
    bytes.resize(256 * 1024, 0);
    let _ = connection.write_all(&bytes).await;
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer).await;
    assert_eq!(answer[..4], [0x88, 26, 0x03, 0xf1], "{answer:?}");
    let after = resident(&app);
    assert!(after < before + 1024, "from {before} to {after} KiB");
}
