//! Keys for servers.

use serde_json::json;

use super::desk::Desk;

story!(SqliteAlone, a_key_is_made_shown_once_used_and_revoked, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let mut desk = Desk::open(&app).await;
    desk.sign_in(&ada).await;
    desk.go("/api-keys", "API keys").await;
    desk.see("There are no keys.").await;
    desk.click("New API key").await;
    desk.fill("Name", "Warehouse").await;
    desk.click("Create").await;
    desk.see("A key without a scope may do nothing").await;
    desk.press_at("desk.control('Read assets')").await;
    desk.click("Create").await;
    desk.see("It is shown once").await;
    let key = desk
        .wait("document.querySelector('dialog[open] .copyable code').textContent")
        .await;
    desk.click("Done").await;
    desk.see("1–1 of 1").await;

    let server = app.anonymous().with_token(key.as_str().unwrap());
    server.get("/api/assets").await.expect(200);
    let crane = json!({ "title": "Crane" });
    server.post("/api/assets", &crane).await.problem(403, "scope_missing");
    desk.click("Revoke Warehouse").await;
    desk.see("Whoever uses it is refused at once").await;
    desk.click("Revoke").await;
    desk.see("Warehouse is revoked.").await;
    server.get("/api/assets").await.problem(401, "token_invalid");
    desk.leave().await;
});
