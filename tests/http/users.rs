//! Accounts, as the operator sees and disables them.

use serde_json::{Value, json};
use tenon_tests::app::PASSWORD;
use tenon_tests::for_each_setup;

for_each_setup!(
    a_disabled_account_is_signed_out_and_stays_out_until_it_is_enabled,
    |setup| {
        let app = setup.start().await;
        let (ada, operator) = (app.register("ada").await, app.operator().await);
        let phone = ada.sign_in().await;
        let answer = operator.user(&ada.id).await.expect(200);
        let account = answer.json();
        assert_eq!(
            (&account["email"], &account["disabledAt"]),
            (&json!(ada.email), &Value::Null)
        );
        let disabled = operator.disable_user(&ada.id, &answer.etag(), true).await.expect(200);
        assert!(disabled.json()["disabledAt"].is_string());
        for device in [&ada, &phone] {
            device.me().await.problem(401, "token_invalid");
            device.refresh().await.problem(401, "refresh_token_invalid");
        }
        let anyone = app.anonymous();
        anyone
            .login(&ada.email, PASSWORD)
            .await
            .problem(403, "account_disabled");
        anyone
            .login(&ada.email, "not the password")
            .await
            .problem(401, "invalid_credentials");

        operator
            .disable_user(&ada.id, &answer.etag(), false)
            .await
            .problem(412, "version_mismatch");
        let enabled = operator
            .disable_user(&ada.id, &disabled.etag(), false)
            .await
            .expect(200);
        assert_eq!(
            (enabled.etag().as_str(), &enabled.json()["disabledAt"]),
            ("\"v3\"", &Value::Null)
        );
        ada.me().await.problem(401, "token_invalid");
        let again = ada.sign_in().await;
        assert_eq!(again.organization, ada.organization);
        again.me().await.expect(200);
    }
);

for_each_setup!(the_operator_finds_accounts_by_page_and_by_address, |setup| {
    let app = setup.start().await;
    let operator = app.operator().await;
    let mut ids = Vec::new();
    for name in ["ada", "bob", "carl"] {
        ids.push(app.register(name).await);
    }
    let listed = operator.all("/api/users?limit=2").await;
    assert_eq!(
        listed.iter().map(|user| &user["id"]).collect::<Vec<_>>(),
        ids.iter().map(|person| &person.id).collect::<Vec<_>>()
    );
    let found = operator
        .get(&format!("/api/users?count=true&email={}", ids[1].email))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&found["total"], &found["items"][0]["id"]),
        (&json!(1), &json!(ids[1].id))
    );
    let nobody = operator
        .get("/api/users?email=nobody@example.org")
        .await
        .expect(200)
        .json();
    assert_eq!(nobody["items"], json!([]));
    operator
        .get("/api/users?email=nobody")
        .await
        .problem(400, "invalid_parameter");
    operator.user(&ids[0].organization).await.problem(404, "user_not_found");
    operator
        .disable_user(&ids[0].organization, "*", true)
        .await
        .problem(404, "user_not_found");
});
