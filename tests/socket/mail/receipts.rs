use serde_json::json;
use tenon_tests::app::letter;
use tenon_tests::for_each_setup;

use super::pair;

for_each_setup!(
    the_sender_hears_that_it_was_delivered_and_read_also_when_they_were_away,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = pair(&app).await;
        let sent = ada.send_message(&letter(&bob, "x")).await.expect(201).json();
        let mut socket = bob.socket().await;
        let received = socket.next_of("message").await;
        socket.acknowledge(&received["seq"]).await;
        let mut senders = ada.socket().await;
        let receipt = senders.next_of("receipt").await;
        let expected = json!({
            "type": "receipt", "seq": receipt["seq"], "receipt": "delivered", "by": bob.id, "device": 0, "after": 0, "upTo": sent["seq"],
            "at": receipt["at"],
        });
        assert_eq!(receipt, expected);
        let read = json!({ "type": "message.read", "conversation": ada.id, "upTo": received["seq"] });
        assert_eq!(socket.ok(read).await["upTo"], received["seq"]);
        let receipt = senders.next_of("receipt").await;
        assert_eq!((&receipt["receipt"], &receipt["upTo"]), (&json!("read"), &sent["seq"]));
        senders.acknowledge(&receipt["seq"]).await;
        let history = ada.history_with(&bob, "").await.expect(200).json();
        let message = &history["items"][0];
        assert!(
            message["deliveredAt"].is_string() && message["readAt"].is_string(),
            "{history}"
        );
    }
);

for_each_setup!(a_reader_who_minds_sends_no_read_receipts, |setup| {
    let app = setup.start().await;
    let (ada, bob) = pair(&app).await;
    let path = "/api/users/me/message-settings";
    let settings = |method| bob.call(method, path);
    assert_eq!(
        settings(reqwest::Method::GET).send().await.expect(200).json(),
        json!({ "readReceipts": true })
    );
    let minds = json!({ "readReceipts": false });
    assert_eq!(
        settings(reqwest::Method::PUT)
            .json(&minds)
            .send()
            .await
            .expect(200)
            .json(),
        minds
    );
    let mut senders = ada.socket().await;
    let sent = senders.send_message(&letter(&bob, "x")).await;
    bob.mark_read(&ada, &sent["seq"]).await.expect(200);
    let received = bob.mail("").await.expect(200).json();
    bob.acknowledge(&received["cursor"]).await.expect(200);
    assert_eq!(senders.next_of("receipt").await["receipt"], "delivered");
    let sent = senders.send_message(&letter(&bob, "y")).await;
    bob.acknowledge(&sent["seq"]).await.expect(200);
    assert_eq!(
        senders.next_of("receipt").await["receipt"],
        "delivered",
        "none that it was read came between"
    );
    // Nor does the sender see it elsewhere.
    for who in [(&ada, &bob, false), (&bob, &ada, true)] {
        let (own, peer, sees) = who;
        let history = own.history_with(peer, "").await.expect(200).json();
        let first = &history["items"][1];
        assert_eq!(
            (first["readAt"].is_string(), first["deliveredAt"].is_string()),
            (sees, true),
            "{history}"
        );
    }
});
