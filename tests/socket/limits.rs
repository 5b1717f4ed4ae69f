//! How much one user and one socket may do.

use serde_json::json;
use tenon_tests::app::Setup;
use tenon_tests::for_each_setup;
use tokio_tungstenite::tungstenite::Message;

for_each_setup!(a_user_has_five_sockets_and_the_sixth_is_ended, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        sockets.push(ada.socket().await);
    }
    let mut sixth = ada.raw_socket().await;
    assert_eq!(
        sixth.closed().await,
        (4409, "you have too many open sockets".to_owned())
    );
    app.register("bob").await.socket().await.close().await;
    sockets.pop().unwrap().close().await;
    drop(sixth);
    // The server may still be about to notice that two are gone.
    for attempt in 0.. {
        let mut socket = ada.raw_socket().await;
        if socket.next_or_close().await.is_some() {
            break;
        }
        assert!(attempt < 50, "the place is not free");
    }
});

for_each_setup!(a_socket_may_send_so_many_frames_in_a_minute, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut socket = ada.socket().await;
    for _ in 0..100 {
        assert_eq!(socket.ask(json!({ "type": "ping" })).await["type"], "pong");
    }
    assert!(socket.send_raw(Message::Ping("one more".into())).await);
    assert_eq!(socket.closed().await, (4429, "too many frames in a minute".to_owned()));
});

for_each_setup!(a_message_that_is_too_large_ends_the_socket, |setup| {
    let app = setup
        .options()
        .set("TENON__SOCKETS__MESSAGE_BYTES", "2048")
        .start()
        .await;
    let ada = app.register("ada").await;
    let mut socket = ada.socket().await;
    let padding = " ".repeat(2048 - r#"{"type":"ping"}"#.len());
    socket.send_text(&format!(r#"{{"type":"ping"}}{padding}"#)).await;
    assert_eq!(socket.next().await["type"], "pong");
    socket.send_text(&format!(r#"{{"type":"ping"}}{padding} "#)).await;
    assert_eq!(socket.closed().await, (1009, "the message is too large".to_owned()));
});

for_each_setup!(a_socket_is_in_so_many_rooms, |setup| {
    let app = setup
        .options()
        .set("TENON__SOCKETS__ROOMS_PER_SOCKET", "3")
        .start()
        .await;
    let ada = app.register("ada").await;
    let mut sites = Vec::new();
    for name in ["North", "South"] {
        let site = ada.made_site(&ada.organization, name).await;
        ada.all_told().await;
        sites.push(format!("{}:site:{site}", ada.room()));
    }
    let mut socket = ada.socket().await;
    socket.subscribe(&sites[0], None).await;
    let another = json!({ "type": "subscribe", "room": sites[1] });
    assert_eq!(socket.refused(another.clone()).await, "too_many_rooms");
    socket.ok(json!({ "type": "unsubscribe", "room": sites[0] })).await;
    socket.ok(another).await;
});

#[tokio::test]
async fn there_are_more_sockets_than_open_files_that_a_process_may_have_unasked() {
    let few = ["sh", "-c", "ulimit -S -n 200; exec \"$0\""];
    let options = Setup::SqliteAlone.options().through(&few);
    let app = options.set("TENON__SOCKETS__PER_USER", "1000").start().await;
    let ada = app.register("ada").await;
    let mut sockets = Vec::new();
    for _ in 0..300 {
        sockets.push(ada.socket().await);
    }
    let last = sockets.last_mut().unwrap();
    assert_eq!(last.ask(json!({ "type": "ping" })).await["type"], "pong");
}
