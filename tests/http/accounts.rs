//! Registration, sign-in, profile and password.

use serde_json::{Value, json};
use tenon_tests::app::{PASSWORD, Person, address, is_id, is_stamp};
use tenon_tests::for_each_setup;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

for_each_setup!(registering_answers_a_session_in_an_organization_of_ones_own, |setup| {
    let app = setup.start().await;
    let email = address("Ada").to_uppercase();
    let body = json!({ "email": email, "password": PASSWORD, "displayName": "Ada L." });
    let answer = app.anonymous().register(&body).await.expect(201);
    assert_eq!(answer.header("location"), "/api/auth/me");
    let made = answer.json();
    let mut names = keys(&made);
    names.sort_unstable();
    let expected = [
        "accessToken",
        "expiresIn",
        "organization",
        "refreshExpiresIn",
        "refreshToken",
        "role",
        "session",
        "tokenType",
        "user",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        (&made["tokenType"], &made["expiresIn"]),
        (&json!("Bearer"), &json!(900))
    );
    assert_eq!(
        (&made["refreshExpiresIn"], &made["role"]),
        (&json!(604_800), &json!("owner"))
    );
    assert_eq!(made["refreshToken"].as_str().unwrap().len(), 43);
    assert_eq!(
        (&made["user"]["email"], &made["user"]["displayName"]),
        (&json!(email.to_lowercase()), &json!("Ada L."))
    );
    assert_eq!(
        keys(&made["user"]),
        ["createdAt", "displayName", "email", "id", "updatedAt", "version"]
    );
    assert!(is_id(made["user"]["id"].as_str().unwrap()) && is_stamp(made["user"]["createdAt"].as_str().unwrap()));
    let me = Person::of(&app.anonymous(), &made).me().await.expect(200);
    assert_eq!(me.etag(), "\"v1\"");
    assert_eq!(
        me.json(),
        json!({ "user": made["user"], "organization": made["organization"], "role": "owner" })
    );
});

for_each_setup!(the_organization_has_the_name_that_was_given, |setup| {
    let app = setup.start().await;
    let ada = app.register_with("ada", &json!({ "organization": "Engines" })).await;
    assert_eq!(ada.me().await.json()["organization"]["name"], "Engines");
});

for_each_setup!(an_address_registers_once_whatever_its_case, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let again = json!({ "email": ada.email.to_uppercase(), "password": PASSWORD, "displayName": "Eve" });
    app.anonymous().register(&again).await.problem(409, "email_taken");
});

// Keyboards differ in what they make of the same keys.
for_each_setup!(whoever_types_accents_apart_is_signed_in_all_the_same, |setup| {
    let (together, apart) = ("Ge\u{fc}bte Pumpe 7", "Geu\u{308}bte Pumpe 7");
    let app = setup.options().set("OPERATOR_PASSWORD", apart).start().await;
    let email = address("j\u{fc}rgen");
    let body = json!({ "email": email.replace('\u{fc}', "U\u{308}"), "password": apart, "displayName": "J" });
    let made = app.anonymous().register(&body).await.expect(201).json();
    assert_eq!(made["user"]["email"], email);
    for password in [together, apart] {
        app.anonymous().login(&email, password).await.expect(200);
        app.anonymous().login_operator(password).await.expect(200);
    }
    let again = json!({ "email": email, "password": PASSWORD, "displayName": "Eve" });
    app.anonymous().register(&again).await.problem(409, "email_taken");
});

for_each_setup!(registrations_of_one_address_that_race_make_one_account, |setup| {
    let app = setup.start().await;
    let body = json!({ "email": address("ada"), "password": PASSWORD, "displayName": "Ada" });
    let racers = (0..8).map(|_| {
        let (client, body) = (app.anonymous(), body.clone());
        async move { client.register(&body).await }
    });
    let mut statuses: Vec<u16> = tenon_tests::race::race(racers)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
});

for_each_setup!(a_registration_names_every_field_that_is_wrong, |setup| {
    let app = setup.start().await;
    let anonymous = app.anonymous();
    let body = json!({ "email": "nowhere", "password": "short", "displayName": "", "organization": "a".repeat(101) });
    let problem = anonymous.register(&body).await.problem(400, "validation_failed");
    assert_eq!(problem.names(), ["email", "password", "displayName", "organization"]);
    let problem = anonymous.register(&json!({})).await.problem(400, "validation_failed");
    assert!(problem.fields.iter().all(|(_, code)| code == "required"));
    assert_eq!(problem.names(), ["email", "password", "displayName"]);
    let email = address("ada");
    for password in ["qwertyuiop123", &email, &"x".repeat(1025), "tenontenontenon"] {
        let body = json!({ "email": email, "password": password, "displayName": "Ada" });
        let problem = anonymous.register(&body).await.problem(400, "validation_failed");
        assert_eq!(problem.names(), ["password"], "{password}");
    }
});

for_each_setup!(signing_in_opens_another_session, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let again = ada.sign_in().await;
    assert_eq!((&again.id, &again.organization), (&ada.id, &ada.organization));
    assert_ne!(again.session, ada.session);
    let upper = ada
        .without_token()
        .login(&ada.email.to_uppercase(), PASSWORD)
        .await
        .expect(200);
    assert_eq!(upper.json()["role"], "owner");
});

for_each_setup!(a_wrong_password_and_an_unknown_address_look_the_same, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let wrong = ada.without_token().login(&ada.email, "plum-harbor-43").await;
    let unknown = app.anonymous().login(&address("nobody"), PASSWORD).await;
    let (wrong_said, unknown_said) = (
        wrong.problem(401, "invalid_credentials"),
        unknown.problem(401, "invalid_credentials"),
    );
    assert_eq!(wrong_said.detail, unknown_said.detail);
    let names = |answer: &tenon_tests::app::Answer| {
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(&wrong), names(&unknown));
});

for_each_setup!(
    the_fifth_wrong_password_in_a_row_waits_even_for_the_right_one,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        for _ in 0..4 {
            let answer = app.anonymous().login(&ada.email, "plum-harbor-43").await;
            answer.problem(401, "invalid_credentials");
        }
        let waiting = app.anonymous().login(&ada.email, PASSWORD).await;
        let problem = waiting.problem(429, "login_backoff");
        assert_eq!(problem.headers["retry-after"], "1");
        let unknown = address("nobody");
        for _ in 0..4 {
            app.anonymous()
                .login(&unknown, PASSWORD)
                .await
                .problem(401, "invalid_credentials");
        }
        app.anonymous()
            .login(&unknown, PASSWORD)
            .await
            .problem(429, "login_backoff");
        let bob = app.register("bob").await;
        bob.sign_in().await;
    }
);

for_each_setup!(the_operator_signs_in_with_a_password_alone, |setup| {
    let app = setup.options().own_redis().start().await;
    let answer = app
        .anonymous()
        .login_operator(tenon_tests::app::OPERATOR_PASSWORD)
        .await
        .expect(200)
        .json();
    assert_eq!(
        keys(&answer),
        ["accessToken", "expiresIn", "role", "token", "tokenType"]
    );
    assert_eq!(
        (&answer["role"], &answer["expiresIn"]),
        (&json!("operator"), &json!(604_800))
    );
    assert_eq!(answer["token"], answer["accessToken"]);
    app.anonymous()
        .login_operator("operators-plum-harbor-43")
        .await
        .problem(401, "invalid_credentials");
    let operator = app.operator().await;
    operator.me().await.problem(403, "organization_required");
    operator.assets("").await.problem(403, "organization_required");
    operator.logout().await.expect(204);
    operator.organizations().await.problem(401, "token_invalid");
});

for_each_setup!(a_profile_changes_under_its_entity_tag, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let changed = ada
        .change_me("\"v1\"", &json!({ "displayName": "Countess" }))
        .await
        .expect(200);
    assert_eq!(
        (changed.etag().as_str(), &changed.json()["user"]["displayName"]),
        ("\"v2\"", &json!("Countess"))
    );
    assert_eq!(ada.me().await.json(), changed.json());
    let stale = ada.change_me("\"v1\"", &json!({ "displayName": "Late" })).await;
    stale.problem(412, "version_mismatch");
    assert_eq!(stale.etag(), "\"v2\"");
    ada.change_me("\"v2\"", &json!({ "email": "eve@example.org" }))
        .await
        .problem(400, "unknown_field");
    ada.change_me("\"v2\"", &json!({}))
        .await
        .problem(400, "validation_failed");
});

for_each_setup!(a_changed_password_ends_every_other_session, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let (phone, bob) = (ada.sign_in().await, app.register("bob").await);
    let new = "violet-harbor-43";
    ada.change_password("plum-harbor-41", new)
        .await
        .problem(403, "wrong_password");
    let weak = ada
        .change_password(PASSWORD, "short")
        .await
        .problem(400, "validation_failed");
    assert_eq!(weak.names(), ["newPassword"]);
    phone.me().await.expect(200);
    ada.change_password(PASSWORD, new).await.expect(204);
    phone.me().await.problem(401, "token_invalid");
    phone.refresh().await.problem(401, "refresh_token_invalid");
    ada.me().await.expect(200);
    ada.refreshed().await.me().await.expect(200);
    bob.me().await.expect(200);
    ada.without_token()
        .login(&ada.email, PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    ada.without_token().login(&ada.email, new).await.expect(200);
});

for_each_setup!(forms_are_taken_where_json_is, |setup| {
    let app = setup.start().await;
    let email = address("ada");
    let form = format!(
        "email={}&password={PASSWORD}&displayName=Ada+L%C3%BCck",
        email.replace('@', "%40")
    );
    let call = app.anonymous().call(reqwest::Method::POST, "/api/auth/register");
    let made = call
        .body("application/x-www-form-urlencoded", form)
        .send()
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&made["user"]["email"], &made["user"]["displayName"]),
        (&json!(email), &json!("Ada Lück"))
    );
});
