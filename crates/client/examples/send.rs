//! Sends a message to a member of the organization, and ends when the server has it.
//!
//! `ADDRESS=ada@example.com PASSWORD=.. cargo run -p tenon-client --example send -- http://127.0.0.1:4000 KEYS-FOLDER bob@example.com Hello`

use std::env;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use tenon_client::keystore::Store;
use tenon_client::{Incoming, Messenger, Options, Session};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [server, folder, to, text] = arguments.as_slice() else {
        return Err("usage: send SERVER FOLDER ADDRESS TEXT".into());
    };
    let server = server.parse()?;
    let store = Arc::new(Store::open(Path::new(folder), None)?);
    let session = match Session::resume(&server, &store)? {
        Some(session) => session,
        None => Session::sign_in(&server, &store, &env::var("ADDRESS")?, &env::var("PASSWORD")?.into()).await?,
    };
    let members = session.members().await?;
    let member = members.iter().find(|member| member.email == *to);
    let to = member.ok_or("nobody in the organization has this address")?.user_id;
    let mut messenger = Messenger::open(session, Options::default()).await?;
    let id = messenger.send(to, text.as_str()).await?;
    while let Some(incoming) = messenger.next().await {
        match incoming {
            Incoming::Sent { id: sent, .. } if sent == id => break,
            Incoming::NotSent(refused) if refused.id == id => return Err(refused.detail.into()),
            Incoming::Ended { reason } => return Err(reason.into()),
            _ => {}
        }
    }
    messenger.close().await;
    Ok(())
}
