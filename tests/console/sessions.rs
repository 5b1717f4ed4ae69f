//! The own account and the devices that are signed in.

use tenon_tests::app::{PASSWORD, Setup};

use super::desk::Desk;

story!(
    PostgresWithRedis,
    another_device_is_named_and_signed_out_from_here,
    |setup| {
        let app = setup.start().await;
        let ada = app.register("ada").await;
        let phone = ada.sign_in().await;
        let mut desk = Desk::open(&app).await;
        desk.sign_in(&ada).await;
        desk.go("/sessions", "Account and devices").await;
        desk.see("1–3 of 3").await;
        desk.see("this one").await;
        ada.name_session(&phone.session, "\"v1\"", "Phone").await.expect(200);
        desk.reload().await;
        desk.click("Name Phone").await;
        desk.see("Name this device").await;
        desk.fill("Name", "Old phone").await;
        desk.click("Save").await;
        desk.click("Sign out Old phone").await;
        desk.see("its sockets are closed").await;
        desk.click("Sign out").await;
        desk.see("Old phone is signed out.").await;
        desk.see("1–2 of 2").await;
        phone.me().await.problem(401, "token_invalid");
        desk.leave().await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_and_the_password_are_changed_and_other_devices_are_signed_out() {
    let app = Setup::SqliteAlone.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.go("/sessions", "Account and devices").await;
    desk.fill("Name", "Ada Lovelace").await;
    desk.click("Save").await;
    desk.see("Your name is changed.").await;
    desk.wait("document.querySelector('.who-name').textContent === 'Ada Lovelace'")
        .await;

    desk.expect_refusal(403);
    desk.fill("Password so far", "not what it is").await;
    desk.fill("New password", "harbor-plum-43").await;
    desk.fill("New password again", "harbor-plum-44").await;
    desk.click("Change the password").await;
    desk.see("Is not what you wrote above.").await;
    desk.fill("New password again", "harbor-plum-43").await;
    desk.click("Change the password").await;
    desk.see("The current password is wrong.").await;
    desk.fill("Password so far", PASSWORD).await;
    desk.click("Change the password").await;
    desk.see("all other devices are signed out").await;
    desk.see("1–1 of 1").await;
    ada.me().await.problem(401, "token_invalid");
    ada.without_token()
        .login(&ada.email, "harbor-plum-43")
        .await
        .expect(200);

    desk.click("Sign out everywhere").await;
    desk.see("this one too").await;
    desk.click("Sign out everywhere").await;
    desk.at("Sign in").await;
    desk.leave().await;
}
