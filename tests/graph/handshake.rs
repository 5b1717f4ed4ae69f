use reqwest::Method;
use tenon_tests::app::{Answer, TestApp};
use tenon_tests::for_each_setup;

async fn handshake(app: &TestApp, query: &str) -> Answer {
    app.anonymous()
        .call(Method::POST, &format!("/webhooks/graph?{query}"))
        .send()
        .await
}

for_each_setup!(a_handshake_is_answered_with_its_token_as_plain_text, |setup| {
    let app = setup.start().await;
    let kilobytes = "a".repeat(2048);
    for (sent, token) in [
        (
            "Validation%3A+Testing+client+application+reachability",
            "Validation: Testing client application reachability",
        ),
        ("a%2Bb+c", "a+b c"),
        ("%E2%9C%93%20%F0%9F%8C%8A", "\u{2713} \u{1F30A}"),
        ("plain=with=equals", "plain=with=equals"),
        (kilobytes.as_str(), kilobytes.as_str()),
    ] {
        let answer = handshake(&app, &format!("validationToken={sent}")).await.expect(200);
        assert_eq!(answer.text(), token);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let with_body = app
        .anonymous()
        .call(Method::POST, "/webhooks/graph?other=1&validationToken=t&more")
        .body("text/plain", "ignored")
        .send()
        .await;
    assert_eq!(with_body.expect(200).text(), "t");
});

for_each_setup!(a_handshake_that_would_do_harm_is_refused, |setup| {
    let app = setup.start().await;
    let three_kilobytes = format!("validationToken={}", "a".repeat(3 * 1024));
    for query in [
        "validationToken=",
        "validationToken",
        "validationToken=a&validationToken=b",
        "validationToken=%3Cscript%3Ealert(1)%3C/script%3E",
        "validationToken=%00",
        "validationToken=a%0d%0aset-cookie:%20b",
        "validationToken=%ff",
        "validationToken=%4",
        three_kilobytes.as_str(),
    ] {
        handshake(&app, query).await.problem(400, "invalid_validation_token");
    }
});

for_each_setup!(a_handshakes_token_is_in_no_log, |setup| {
    let mut app = setup.start().await;
    for canary in ["canary-handshake", "canary%3Chandshake"] {
        handshake(&app, &format!("validationToken={canary}")).await;
    }
    app.stop().await;
    let log = app.log();
    assert!(log.contains("/webhooks/graph") && !log.contains("canary"), "{log}");
});
