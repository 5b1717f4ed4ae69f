//! The way in.

use tenon_tests::app::{OPERATOR_PASSWORD, PASSWORD, Setup, address};

use super::desk::Desk;

story!(
    SqliteAlone,
    the_first_person_is_welcomed_and_owns_an_organization,
    |setup| {
        let app = setup.start().await;
        let mut desk = Desk::open(&app).await;
        desk.at("Welcome to Tenon").await;
        let email = address("ada");
        desk.fill("Your name", "Ada Lovelace").await;
        desk.fill("Email", &email).await;
        desk.fill("Password", PASSWORD).await;
        desk.fill("Organization", "Harbor Works").await;
        desk.click("Create the first account").await;
        desk.at("Overview").await;
        desk.see("Ada Lovelace").await;
        desk.see("Harbor Works · owner").await;

        let signed_in = app.anonymous().login(&email, PASSWORD).await.expect(200).json();
        assert_eq!(signed_in["organization"]["name"], "Harbor Works");
        assert_eq!(signed_in["role"], "owner");
        desk.leave().await;

        let mut second = Desk::open(&app).await;
        second.at("Sign in").await;
        second.click("Operator").await;
        second.fill("Operator's password", OPERATOR_PASSWORD).await;
        second.key("Enter").await;
        second.at("Overview").await;
        second.see("of this installation").await;
        second.click("Sign out").await;
        second.at("Sign in").await;
        second.leave().await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_keeps_one_signed_in_and_signing_out_ends_the_session() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.go("/members", "Members").await;
    desk.reload().await;
    desk.at("Members").await;
    let stored = "Object.values(sessionStorage).concat(Object.values(localStorage)).join()";
    let stored = desk.browser.evaluate(stored).await;
    assert!(
        !stored.as_str().unwrap().contains("eyJ"),
        "an access token is stored: {stored}"
    );

    let before = ada.sessions().await.expect(200).json()["items"]
        .as_array()
        .unwrap()
        .len();
    desk.click("Sign out").await;
    desk.at("Sign in").await;
    let after = ada.sessions().await.expect(200).json()["items"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!((before, after), (2, 1));
    // There is no refresh token any more, so nobody is asked for a new one.
    desk.reload().await;
    desk.at("Sign in").await;
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_told_in_the_words_of_the_server_with_the_id_of_the_request() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.expect_refusal(401);
    desk.fill("Email", &ada.email).await;
    desk.fill("Password", "not what it is").await;
    desk.click("Sign in").await;
    let id = "document.querySelector('[role=alert] .request-id code')?.textContent";
    let id = desk.wait(id).await;
    let log = app.log_so_far().await;
    assert!(log.contains(id.as_str().unwrap()), "{id} is not in the log");
    let refused = ada.without_token().login(&ada.email, "not what it is").await;
    let words = refused.problem(401, "invalid_credentials");
    desk.see(words.document["title"].as_str().unwrap()).await;
    desk.sign_in(&ada).await;
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_was_ended_elsewhere_leads_to_the_sign_in_and_back_to_the_page() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.expect_refusal(401);
    ada.end_all_sessions().await.expect(204);
    desk.go("/assets", "Sign in").await;
    desk.see("Your session has ended").await;
    desk.fill("Email", &ada.email).await;
    desk.fill("Password", PASSWORD).await;
    desk.click("Sign in").await;
    desk.at("Assets").await;

    desk.click("Sign out").await;
    desk.at("Sign in").await;
    desk.go("/places", "Sign in").await;
    desk.fill("Email", &ada.email).await;
    desk.fill("Password", PASSWORD).await;
    desk.click("Sign in").await;
    desk.at("Sites and units").await;
    desk.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_access_token_that_is_refused_is_replaced_once_for_all_who_ask() {
    let app = Setup::SqliteAlone.start().await;
    let (ada, bob) = (app.register("ada").await, app.register("bob").await);
    let bob = ada.take_in(&bob, "member").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&bob).await;
    desk.see("ada's team · member").await;
    desk.expect_refusal(401);
    let member = ada.member(&ada.organization, &bob.id).await.expect(200);
    let etag = member.header("etag").to_owned();
    ada.change_role(&ada.organization, &bob.id, &etag, "admin")
        .await
        .expect(200);
    let refreshed = async || app.log_so_far().await.matches("\"path\":\"/api/auth/refresh\"").count();
    let before = refreshed().await;
    // Two lists at the same time, all of them with the token of a member.
    desk.go("/graph", "Microsoft Graph").await;
    desk.see("Nothing is subscribed to.").await;
    desk.wait("desk.named('API keys')").await;
    assert_eq!(refreshed().await - before, 1);
    desk.leave().await;
}
