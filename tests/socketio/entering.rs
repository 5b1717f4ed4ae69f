//! Who gets into which namespace.

use serde_json::{Value, json};
use tenon_tests::app::{Client, Transport};
use tenon_tests::for_each_setup;

async fn refusal(client: &Client, transport: Transport, namespace: &str, auth: &Value) -> String {
    let mut socket = client.socketio(transport).await;
    socket.enter(namespace, auth).await.unwrap_err()
}

for_each_setup!(nobody_enters_without_a_token_that_is_good, |setup| {
    let app = setup.start().await;
    let anonymous = app.anonymous();
    let ada = app.register("ada").await;
    let gone = ada.sign_in().await;
    gone.logout().await.expect(204);
    let (missing, invalid) = ("Authentication token required", "Invalid or expired token");
    for transport in Transport::ALL {
        for namespace in ["/", "/events", "/cluster"] {
            for (auth, message) in [
                (json!({}), missing),
                (json!({ "token": null }), missing),
                (json!({ "token": "" }), missing),
                (json!({ "token": 7 }), missing),
                (json!({ "jwt": ada.token() }), missing),
                (json!({ "token": "x" }), invalid),
                (json!({ "token": format!("{}x", ada.token()) }), invalid),
                (json!({ "token": gone.token() }), invalid),
            ] {
                let refusal = refusal(&anonymous, transport, namespace, &auth).await;
                assert_eq!(refusal, message, "{transport:?} {namespace} {auth}");
            }
        }
    }
    let auth = json!({ "token": ada.token() });
    for namespace in ["/cluster/", "/Events", "/rooms", "/socket.io"] {
        assert_eq!(
            refusal(&anonymous, Transport::WebSocket, namespace, &auth).await,
            "Invalid namespace"
        );
    }
});

for_each_setup!(members_and_operators_have_namespaces_of_their_own, |setup| {
    let app = setup.start().await;
    let anonymous = app.anonymous();
    let ada = app.register("ada").await;
    let operator = app.operator().await;
    let member = json!({ "token": ada.token() });
    let cluster = refusal(&anonymous, Transport::WebSocket, "/cluster", &member).await;
    assert_eq!(cluster, "Operator access required");
    for namespace in ["/", "/events"] {
        let auth = json!({ "token": operator.token() });
        let refusal = refusal(&anonymous, Transport::WebSocket, namespace, &auth).await;
        assert_eq!(refusal, "The token is for no organization");
    }
});

for_each_setup!(the_feed_takes_nothing_but_fresh_tokens, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let site = ada.made_site(&ada.organization, "North").await;
    let mut socket = app.anonymous().socketio(Transport::WebSocket).await;
    let auth = json!({ "token": ada.token() });
    socket.enter("/events", &auth).await.unwrap();
    socket.ok("/events", "auth", &[json!(ada.token())]).await;
    let publish = [json!(ada.room()), json!("said"), json!(1)];
    for (event, arguments) in [("subscribe:site", vec![json!(site)]), ("publish", publish.to_vec())] {
        let code = socket.refused("/events", event, &arguments).await;
        assert_eq!(code, "unknown_event");
    }
});

for_each_setup!(a_refused_client_may_try_again_on_the_same_connection, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    for transport in Transport::ALL {
        let mut socket = app.anonymous().socketio(transport).await;
        socket.enter("/", &json!({})).await.unwrap_err();
        socket.enter("/", &json!({ "token": ada.token() })).await.unwrap();
        assert_eq!(socket.event("/").await.0, "tenon:welcome");
    }
});

for_each_setup!(nobody_hears_of_another_organization, |setup| {
    let app = setup.start().await;
    let (ada, eve) = (app.register("ada").await, app.register("eve").await);
    let site = ada.made_site(&ada.organization, "North").await;
    ada.all_told().await;
    for transport in Transport::ALL {
        let (mut spy, _) = eve.socketio_and_welcome(transport).await;
        spy.enter("/events", &json!({ "token": eve.token() })).await.unwrap();
        assert_eq!(spy.event("/events").await.0, "tenon:welcome");
        for event in ["subscribe:site", "subscribe:unit"] {
            assert_eq!(spy.refused("/", event, &[json!(site)]).await, "room_not_found");
        }
        for room in [ada.room(), format!("{}:site:{site}", ada.room())] {
            let publish = [json!(room), json!("said"), json!(1)];
            assert_eq!(spy.refused("/", "publish", &publish).await, "room_not_found");
        }
        ada.emit(&ada.organization, "secret", &json!(1)).await.expect(200);
        ada.made_site(&ada.organization, &format!("{transport:?}")).await;
        ada.all_told().await;
        eve.made_site(&eve.organization, &format!("{transport:?}")).await;
        assert_eq!(spy.events(1).await[0].0, "site.created");
        let (name, arguments) = spy.event("/events").await;
        assert_eq!((name.as_str(), &arguments[0]["by"]), ("activity", &json!(eve.id)));
    }
});

for_each_setup!(
    pages_of_configured_origins_poll_with_credentials_and_others_do_not,
    |setup| {
        let options = setup.options().set("CORS_ORIGINS", "https://app.example.org");
        let app = options.start().await;
        let path = "/socket.io/?EIO=4&transport=polling";
        let get = |origin: &str| {
            app.anonymous()
                .call(reqwest::Method::GET, path)
                .header("origin", origin)
                .send()
        };
        let answer = get("https://app.example.org").await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.org");
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        let answer = get("https://evil.example.org").await.expect(403);
        assert_eq!(answer.json(), json!({ "code": 4, "message": "Forbidden" }));
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        let path = "/socket.io/?EIO=4&transport=websocket";
        let headers = [("origin", "https://evil.example.org")];
        let refused = app.anonymous().handshake(path, &headers).await.err().unwrap();
        refused.expect(403);
        get(&app.origin()).await.expect(200);
    }
);
