//! What the log must never have.

use reqwest::Method;
use serde_json::json;
use tenon_tests::app::{ENCRYPTION_KEY, JWT_SECRET, OPERATOR_PASSWORD, PASSWORD, address};
use tenon_tests::for_each_setup;

for_each_setup!(no_password_and_no_token_is_in_the_log_at_any_level, |setup| {
    let options = setup
        .options()
        .own_redis()
        .set("TENON__LOG__LEVEL", "trace,actix_http=trace,actix_web=trace,mio=trace");
    let mut app = options.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let anonymous = app.anonymous();
    let mut secrets: Vec<String> = [PASSWORD, OPERATOR_PASSWORD, JWT_SECRET, ENCRYPTION_KEY]
        .map(str::to_owned)
        .into();
    let mut secret = |text: &str| {
        secrets.push(text.to_owned());
        text.to_owned()
    };
    let wrong = secret("canary-wrong-password");
    anonymous
        .login(&ada.email, &wrong)
        .await
        .problem(401, "invalid_credentials");
    anonymous
        .login_operator(&secret("canary-operator"))
        .await
        .problem(401, "invalid_credentials");
    ada.change_password(&secret("canary-current"), &secret("canary-newer-one"))
        .await
        .problem(403, "wrong_password");
    let malformed = format!(
        "{{\"email\":\"{}\",\"password\":\"{}\"",
        ada.email,
        secret("canary-malformed")
    );
    let call = anonymous
        .call(Method::POST, "/api/auth/login")
        .body("application/json", malformed);
    call.send().await.problem(400, "malformed_json");
    let unknown =
        json!({ "email": address("x"), "passwort": secret("canary-misnamed"), "password": secret("canary-named") });
    anonymous.register(&unknown).await.problem(400, "unknown_field");
    anonymous
        .refresh_with(&secret("canary-refresh-token"))
        .await
        .problem(401, "refresh_token_invalid");
    anonymous
        .with_token(&secret("canary.access.token"))
        .me()
        .await
        .problem(401, "token_invalid");
    let query = format!("/api/assets?access_token={}", secret("canary-in-query"));
    anonymous.get(&query).await.problem(401, "token_missing");
    let basic = anonymous
        .call(Method::GET, "/api/auth/me")
        .header("authorization", format!("Basic {}", secret("Y2FuYXJ5")));
    basic.send().await.problem(401, "token_missing");
    let form = format!("password={}", secret("canary-form"));
    let call = anonymous
        .call(Method::POST, "/api/auth/login")
        .body("application/x-www-form-urlencoded", form);
    call.send().await.problem(401, "invalid_credentials");
    let invited = ada
        .invite(&ada.organization, &bob.email, "member")
        .await
        .expect(201)
        .json();
    let token = secret(invited["token"].as_str().unwrap());
    bob.accept_invitation(&token).await.expect(200);
    let operator = app.operator().await;
    operator.organizations().await.expect(200);
    let child = ada.refreshed().await;
    ada.create_asset_once(
        "key",
        &json!({ "title": "Pump", "description": secret("canary-description") }),
    )
    .await
    .expect(201);
    ada.refreshed().await.logout().await.expect(204);
    for token in [ada.token(), bob.token(), child.token(), operator.token()] {
        secret(token);
        secret(token.rsplit('.').next().unwrap());
    }
    for token in [&ada.refresh_token, &bob.refresh_token, &child.refresh_token] {
        secret(token);
    }
    assert_eq!(app.stop().await, Some(0));
    let log = app.log();
    assert!(
        log.contains("\"TRACE\"") || log.contains("\"DEBUG\""),
        "the log says more than usual"
    );
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
});
