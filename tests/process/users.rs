use serde_json::{Value, json};
use tenon_tests::waiting::until_ok;

use crate::tenon::{Finished, Folder, PATIENCE, Serving};

const PASSWORD: (&str, &str) = ("TENON_PASSWORD", "correct horse battery staple");

/// Asking again and again is no more than is allowed.
const UNLIMITED: (&str, &str) = ("TENON__LIMITS__API_PER_MINUTE", "10000");

async fn sign_in(server: &Serving, password: &str) -> (u16, Value) {
    let body = json!({"email": "ada@example.com", "password": password});
    let url = format!("{}/api/auth/login", server.origin);
    let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn me(server: &Serving, token: &Value) -> u16 {
    let asked = reqwest::Client::new().get(format!("{}/api/auth/me", server.origin));
    let answer = asked.bearer_auth(token.as_str().unwrap()).send().await.unwrap();
    answer.status().as_u16()
}

/// Waits until the server has heard that the token's session ended.
async fn refused(server: &Serving, token: &Value) {
    until_ok("the token is refused", PATIENCE, async || {
        match me(server, token).await {
            401 => Ok(()),
            status => Err(format!("still {status}")),
        }
    })
    .await;
}

fn only_line(finished: &Finished) -> Value {
    assert_eq!(
        (finished.code, finished.output.lines().count()),
        (Some(0), 1),
        "{}{}",
        finished.output,
        finished.errors
    );
    serde_json::from_str(&finished.output).unwrap()
}

#[tokio::test]
async fn the_command_line_makes_shows_disables_and_enables_accounts_while_a_server_runs() {
    let folder = Folder::new();
    let server = folder.serve(&[UNLIMITED]).await;
    let made = [
        "users",
        "create",
        "--email",
        "ada@example.com",
        "--name",
        "Ada",
        "--json",
    ];
    let ada = only_line(&folder.run(&made, &[PASSWORD]).await);
    assert_eq!(
        (&ada["email"], &ada["displayName"]),
        (&json!("ada@example.com"), &json!("Ada"))
    );
    assert_eq!(ada["disabledAt"], Value::Null);
    let again = folder.run(&made, &[PASSWORD]).await;
    assert_eq!(
        (again.code, again.errors.as_str()),
        (Some(1), "tenon: the email address is taken\n")
    );

    let (status, tokens) = sign_in(&server, PASSWORD.1).await;
    assert_eq!((status, &tokens["role"]), (200, &json!("owner")));
    let id = ada["id"].as_str().unwrap();
    let disabled = only_line(&folder.run(&["users", "disable", id, "--json"], &[]).await);
    assert!(disabled["disabledAt"].is_string());
    assert_eq!(sign_in(&server, PASSWORD.1).await.0, 403);
    refused(&server, &tokens["accessToken"]).await;

    let enabled = only_line(&folder.run(&["users", "enable", "ada@example.com", "--json"], &[]).await);
    assert_eq!(enabled["disabledAt"], Value::Null);
    assert_eq!(sign_in(&server, PASSWORD.1).await.0, 200);

    let listed = folder.run(&["users", "list"], &[]).await;
    assert!(
        listed
            .output
            .starts_with(&format!("{id}  ada@example.com  Ada  since ")),
        "{}",
        listed.output
    );
    let shown = only_line(&folder.run(&["users", "show", id, "--json"], &[]).await);
    assert_eq!(shown, enabled);
    let nobody = folder.run(&["users", "show", "bob@example.com"], &[]).await;
    assert_eq!(
        (nobody.code, nobody.errors.as_str()),
        (Some(1), "tenon: no such account\n")
    );
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn a_password_that_was_reset_is_the_only_one_and_ends_every_session() {
    let folder = Folder::new();
    let server = folder.serve(&[UNLIMITED]).await;
    let made = ["users", "create", "--email", "ada@example.com", "--name", "Ada"];
    assert_eq!(folder.run(&made, &[PASSWORD]).await.code, Some(0));
    let (_, tokens) = sign_in(&server, PASSWORD.1).await;

    let reset = ["users", "reset-password", "ada@example.com"];
    let weak = folder.run(&reset, &[("TENON_PASSWORD", "password")]).await;
    assert_eq!(
        (weak.code, weak.errors.as_str()),
        (Some(1), "tenon: the new password is refused: At least 12 characters.\n")
    );
    let unasked = folder.run(&reset, &[]).await;
    assert_eq!(
        (unasked.code, unasked.errors.as_str()),
        (
            Some(1),
            "tenon: TENON_PASSWORD is needed, and the input is no terminal to ask on\n"
        )
    );
    assert_eq!(me(&server, &tokens["accessToken"]).await, 200);

    let new = "incorrect zebra charger paperclip";
    assert_eq!(folder.run(&reset, &[("TENON_PASSWORD", new)]).await.code, Some(0));
    refused(&server, &tokens["accessToken"]).await;
    assert_eq!(sign_in(&server, PASSWORD.1).await.0, 401);
    assert_eq!(sign_in(&server, new).await.0, 200);
    assert_eq!(server.stop().await.code, Some(0));
}
