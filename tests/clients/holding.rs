//! What becomes of messages to somebody whose keys changed after they were compared.

use serde_json::json;
use tenon_tests::app::Setup;
use tenon_tests::terminal::Terminal;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_to_keys_that_changed_after_they_were_compared_until_somebody_decides() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = app.colleagues().await;
    let [adas, bobs, stolen] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let mut listener = Terminal::talk(&app.origin(), bobs.path(), &bob, &ada, &[]).await;
    listener.until("online").await;
    let mut sender = Terminal::talk(&app.origin(), adas.path(), &ada, &bob, &[]).await;
    sender.say("hello").await;
    assert_eq!(listener.until("message").await["text"], "hello");
    sender.say("/verify").await;
    assert_eq!(sender.until("safety").await["verified"], true);

    let other = Terminal::talk(&app.origin(), stolen.path(), &bob, &ada, &[]).await;
    assert_eq!(sender.until("keys-changed").await["wasVerified"], true);
    sender.say("a secret").await;
    assert_eq!(sender.until("held").await["user"], json!(bob.id));
    other.leave().await;
    sender.leave().await;

    let mut sender = Terminal::talk(&app.origin(), adas.path(), &ada, &bob, &[]).await;
    sender.say("a secret after a restart").await;
    sender.until("held").await;
    sender.say("/send-anyway").await;
    sender.until("released").await;
    sender.say("no secret").await;
    sender.until("sent").await;
    assert_eq!(listener.until("message").await["text"], "no secret");
    sender.leave().await;
    listener.leave().await;
}
