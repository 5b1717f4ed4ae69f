use crate::server::{Server, patient};

#[actix_web::test]
async fn the_main_namespace_is_entered_with_and_without_an_object() {
    let server = Server::start(patient());
    let mut socket = server.connect().await;
    socket.send("40{\"token\":\"123\"}").await;
    let welcome = socket.text().await;
    let welcome: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&welcome[2..]).unwrap();
    assert_eq!(welcome.keys().collect::<Vec<_>>(), ["sid"]);
    assert_eq!(socket.text().await, "42[\"auth\",{\"token\":\"123\"}]");
    server.join().await;
}

#[actix_web::test]
async fn another_namespace_is_entered_with_and_without_an_object() {
    let server = Server::start(patient());
    for (connect, auth) in [
        ("40/custom,", "{}"),
        ("40/custom", "{}"),
        ("40/custom,{\"a\":1}", "{\"a\":1}"),
        ("40/slow,", "{}"),
    ] {
        let namespace = connect.trim_start_matches("40").split(',').next().unwrap();
        let mut socket = server.connect().await;
        socket.send(connect).await;
        let welcome = socket.text().await;
        assert!(welcome.starts_with(&format!("40{namespace},{{\"sid\":\"")), "{welcome}");
        assert_eq!(socket.text().await, format!("42{namespace},[\"auth\",{auth}]"));
    }
}

#[actix_web::test]
async fn a_client_that_can_recover_is_told_its_pid() {
    let server = Server::start(patient());
    let mut socket = server.connect().await;
    socket.send("40/recovers,").await;
    assert!(socket.text().await.ends_with(",\"pid\":\"a-pid\"}"));
}

#[actix_web::test]
async fn an_unknown_namespace_is_a_connect_error_and_the_connection_stays() {
    let server = Server::start(patient());
    let mut socket = server.connect().await;
    socket.send("40/random").await;
    assert_eq!(socket.text().await, "44/random,{\"message\":\"Invalid namespace\"}");
    socket.send("40/private,{\"token\":1}").await;
    let refused = "44/private,{\"message\":\"Authentication token required\"}";
    assert_eq!(socket.text().await, refused);
    socket.enter().await;
}

#[actix_web::test]
async fn entering_a_namespace_twice_closes_the_connection() {
    let mut server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("40").await;
    assert_eq!(socket.closed().await, Some(1002));
    server.noted("/ Violation").await;
}

#[actix_web::test]
async fn an_event_before_a_connect_closes_the_connection() {
    let server = Server::start(patient());
    for packet in ["42[\"message\"]", "41", "430[]", "42/custom,[\"message\"]"] {
        let mut socket = server.connect().await;
        socket.send(packet).await;
        assert_eq!(socket.closed().await, Some(1002), "{packet}");
    }
    let mut socket = server.join().await;
    socket.send("42/custom,[\"message\"]").await;
    assert_eq!(socket.closed().await, Some(1002));
}

#[actix_web::test]
async fn what_follows_a_connect_at_once_is_taken_after_it() {
    let mut server = Server::start(patient());
    let mut socket = server.connect().await;
    socket.send("40/slow,").await;
    socket.send("42/slow,[\"first\"]").await;
    assert!(socket.text().await.starts_with("40/slow,"));
    assert_eq!(server.note().await, "/slow event first");
}

#[actix_web::test]
async fn a_malformed_packet_closes_the_connection() {
    let server = Server::start(patient());
    let deep = format!("42[\"x\",{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("42[\"{}\"]", "x".repeat(257));
    let far = format!("40/{},", "x".repeat(300));
    for packet in [
        "4",
        "4abc",
        "47",
        "42",
        "42[]",
        "42[1]",
        "42{}",
        "42[\"connect\"]",
        "42[\"disconnecting\"]",
        "42[\"x\"",
        "40[]",
        "44{\"message\":\"x\"}",
        "45[\"x\"]",
        "4511-[\"x\"]",
        "43[1]",
        "429223372036854775808[\"x\"]",
        &deep,
        &long,
        &far,
    ] {
        let mut socket = server.join().await;
        socket.send(packet).await;
        assert_eq!(socket.closed().await, Some(1002), "{packet}");
    }
}

#[actix_web::test]
async fn a_client_that_leaves_one_namespace_is_in_the_others() {
    let mut server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("40/custom,").await;
    socket.text().await;
    socket.text().await;
    socket.send("41/custom,").await;
    server.noted("/custom Departed").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",1]");
    socket.send("40/custom,").await;
    assert!(socket.text().await.starts_with("40/custom,"));
    assert_eq!(socket.text().await, "42/custom,[\"auth\",{}]");
    socket.send("41").await;
    server.noted("/ Departed").await;
    socket.send("42/custom,[\"message\",2]").await;
    assert_eq!(socket.text().await, "42/custom,[\"message-back\",2]");
}

#[actix_web::test]
async fn a_client_that_the_server_dismisses_may_come_back_and_what_it_said_meanwhile_is_passed_over() {
    let mut server = Server::start(patient());
    let mut socket = server.join().await;
    socket.send("42[\"leave-me\"]").await;
    socket.send("42[\"message\",1]").await;
    assert_eq!(socket.text().await, "41");
    server.noted("/ Dismissed").await;
    socket.enter().await;
    socket.send("42[\"message\",2]").await;
    assert_eq!(socket.text().await, "42[\"message-back\",2]");
}
