//! A client on Rust with `rust_socketio`. Takes a command a line as JSON, and answers each with a line.
#![expect(clippy::indexing_slicing, reason = "JSON has null where nothing is")]

mod client;
mod payload;

use client::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, stdin, stdout};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut lines, mut output) = (BufReader::new(stdin()).lines(), stdout());
    let mut client = Client::new();
    while let Some(line) = lines.next_line().await? {
        let command: Value = serde_json::from_str(&line)?;
        let answer = client.follow(&command).await;
        let answer = answer.unwrap_or_else(|error| json!({ "failed": error.to_string() }));
        output.write_all(format!("{answer}\n").as_bytes()).await?;
        output.flush().await?;
    }
    Ok(())
}
