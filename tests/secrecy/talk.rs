use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use tenon_client::keystore::Store;
use tenon_client::messenger::Mode;
use tenon_client::{Incoming, Messenger, Options, Session};
use tenon_tests::app::{PASSWORD, Person, TestApp};
use uuid::Uuid;

/// Two members of an organization who write to each other.
pub struct Talk {
    ada: Person,
    bob: Person,
}

impl Talk {
    pub async fn begin(app: &TestApp) -> Self {
        let ada = app.register("ada").await;
        let bob = ada.take_in(&app.register("bob").await, "member").await;
        Self { ada, bob }
    }

    /// Something that the server has to know.
    pub fn address(&self) -> &str {
        &self.ada.email
    }

    /// Has both write so many messages with the marker in them, and says how many were read.
    pub async fn exchange(&self, app: &TestApp, simple_only: bool, marker: &str, each: usize) -> usize {
        let folder = TempDir::new().unwrap();
        let mode = if simple_only { Mode::Simple } else { Mode::Device };
        let ada = messenger(app, &self.ada, &folder, simple_only).await;
        let bob = messenger(app, &self.bob, &folder, simple_only).await;
        let (to_ada, to_bob) = (ada.session().user(), bob.session().user());
        let ada = tokio::spawn(converse(ada, to_bob, mode, marker.to_owned(), each));
        let bob = tokio::spawn(converse(bob, to_ada, mode, marker.to_owned(), each));
        ada.await.unwrap() + bob.await.unwrap()
    }

    /// The content of a message that the server keeps.
    pub async fn some_ciphertext(&self) -> String {
        let history = self.ada.history_with(&self.bob, "?limit=1").await.expect(200).json();
        let content: &Value = &history["items"][0]["content"];
        content.as_str().unwrap().to_owned()
    }
}

async fn messenger(app: &TestApp, person: &Person, folder: &TempDir, simple_only: bool) -> Messenger {
    let server = app.origin().parse().unwrap();
    let store = Arc::new(Store::open(&folder.path().join(&person.id), None).unwrap());
    let mut session = Session::sign_in(&server, &store, &person.email, &PASSWORD.into())
        .await
        .unwrap();
    session.switch(person.organization.parse().unwrap()).await.unwrap();
    let options = Options {
        simple_only,
        replace_key: true,
        ..Options::default()
    };
    Messenger::open(session, options).await.unwrap()
}

/// Writes, and reads until as many have come. The texts are told apart, and come in order.
async fn converse(mut own: Messenger, peer: Uuid, mode: Mode, marker: String, each: usize) -> usize {
    for number in 0..each {
        own.send(peer, format!("{marker} {number}")).await.unwrap();
    }
    let (mut read, mut sent) = (0, 0);
    while read < each || sent < each {
        match own.next().await.unwrap() {
            Incoming::Message(message) => {
                assert_eq!((message.text, message.mode), (format!("{marker} {read}"), mode));
                read += 1;
            }
            Incoming::Sent { .. } => sent += 1,
            Incoming::Receipt { .. } | Incoming::KeysChanged { .. } | Incoming::Online | Incoming::Offline => {}
            other => panic!("{other:?}"),
        }
    }
    own.close().await;
    read
}
