//! Answers what it is sent, until it is stopped.
//!
//! `ADDRESS=bob@example.com PASSWORD=.. cargo run -p tenon-client --example answer -- http://127.0.0.1:4000 KEYS-FOLDER`

use std::env;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use tenon_client::keystore::Store;
use tenon_client::{Incoming, Messenger, Options, Session};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [server, folder] = arguments.as_slice() else {
        return Err("usage: answer SERVER FOLDER".into());
    };
    let server = server.parse()?;
    let store = Arc::new(Store::open(Path::new(folder), None)?);
    let session = match Session::resume(&server, &store)? {
        Some(session) => session,
        None => Session::sign_in(&server, &store, &env::var("ADDRESS")?, &env::var("PASSWORD")?.into()).await?,
    };
    let mut messenger = Messenger::open(session, Options::default()).await?;
    while let Some(incoming) = messenger.next().await {
        match incoming {
            // What this person wrote on another device comes, too.
            Incoming::Message(message) if message.from == message.peer => {
                messenger.read(message.peer, message.seq).await?;
                messenger.send(message.peer, message.text).await?;
            }
            Incoming::Ended { reason } => return Err(reason.into()),
            _ => {}
        }
    }
    Ok(())
}
