//! Much data, made by SQL: quickly, and without a server.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use xtask::programs;

/// Runs statements on an SQLite file that no server has open, and returns what they say.
pub fn sqlite(path: &Path, statements: &str) -> String {
    let program = programs::on_path("sqlite3").expect("sqlite3 is not installed: run `cargo xtask provision`");
    let mut shell = Command::new(program);
    let mut child = shell
        .args(["-batch", "-bail"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(statements.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{statements}");
    String::from_utf8(output.stdout).unwrap()
}

/// So many assets and as many messages, of the one user and the one organization that are there.
pub fn fill(path: &Path, rows: u64) {
    let numbers = format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})");
    let assets =
        "INSERT INTO assets (organization_id, id, owner_id, title, description, category, status, tags, attributes,
            value_amount, value_currency, acquired_on, version, created_at, updated_at)";
    let asset = "SELECT organizations.id, randomblob(16), users.id, 'Pump ' || i, 'Größe ' || i || ', \"links\"', 'pumps', 'active',
            '[\"cellar\",\"row-' || (i % 7) || '\"]', '{\"serial\": ' || i || '}', CASE i % 3 WHEN 0 THEN i END,
            CASE i % 3 WHEN 0 THEN 'EUR' END, CASE i % 5 WHEN 0 THEN '2024-02-29' END, 1 + i % 4, 1700000000000000 + i,
            1700000000000000 - i FROM n, users, organizations";
    let messages =
        "INSERT INTO messages (organization_id, id, sender_id, sender_session, recipient_id, device, client_id, kind,
            seq, copy_seq, created_at, delivered_at, read_at, encrypted_content)";
    let message = "SELECT organizations.id, randomblob(16), users.id, randomblob(16), randomblob(16), i % 3, randomblob(16), 'text',
            i, CASE i % 2 WHEN 0 THEN i END, 1700000000000000 + i, CASE i % 2 WHEN 0 THEN i END, NULL, randomblob(120)
            FROM n, users, organizations";
    sqlite(
        path,
        &format!("BEGIN; {assets} {numbers} {asset}; {messages} {numbers} {message}; COMMIT;"),
    );
}
