use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::databases::Database;
use tokio::time::{Instant, sleep};

use crate::tenon::{Folder, Serving};

/// The organization of the token.
async fn organization(server: &Serving, token: &str) -> String {
    let (status, me) = server.get("/api/auth/me", token).await;
    assert_eq!(status, 200, "{me}");
    me["organization"]["id"].as_str().unwrap().to_owned()
}

/// Runs a command about the keys of an organization.
async fn run(folder: &Folder, command: &str, organization: &str, further: &[&str]) -> (Option<i32>, String, String) {
    let arguments = [&["api-keys", command, "--organization", organization], further].concat();
    let finished = folder.run(&arguments, &[]).await;
    (finished.code, finished.output, finished.errors)
}

/// Waits until the server refuses a key that was revoked just now. What is asked five seconds later is refused in any case.
async fn refuses(server: &Serving, key: &str) {
    let revoked = Instant::now();
    loop {
        let asked = revoked.elapsed();
        let (status, answer) = server.get("/api/assets", key).await;
        if status == 401 {
            assert_eq!(answer["code"], "token_invalid");
            return;
        }
        assert_eq!(status, 200, "{answer}");
        assert!(asked < Duration::from_secs(5), "the key is still good");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_running_server_takes_the_api_keys_of_the_command_line_until_they_are_revoked() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    let org = organization(&server, &token).await;
    let (_, me) = server.get("/api/auth/me", &token).await;
    let words = "--name Warehouse --scope assets:read --scope places:read --json";
    let (code, output, errors) = run(&folder, "create", &org, &words.split(' ').collect::<Vec<_>>()).await;
    assert_eq!(code, Some(0), "{errors}");
    let mut made: Value = serde_json::from_str(&output).unwrap();
    let key = made.as_object_mut().unwrap().remove("key").unwrap();
    let key = key.as_str().unwrap();
    let id = made["id"].as_str().unwrap().to_owned();
    let expected = json!({
        "id": id, "name": "Warehouse", "prefix": &key[..12], "scopes": ["assets:read", "places:read"],
        "createdBy": me["user"]["id"], "createdAt": made["createdAt"], "lastUsedAt": null, "expiresAt": null,
    });
    assert_eq!(made, expected);
    let path = format!("/api/orgs/{org}/api-keys/{id}");
    assert_eq!(server.get(&path, &token).await, (200, expected.clone()));
    let (_, listed, _) = run(&folder, "list", &org, &["--json"]).await;
    assert_eq!(serde_json::from_str::<Value>(&listed).unwrap(), expected);

    assert_eq!(server.get("/api/assets", key).await.0, 200);
    let (code, output, _) = run(&folder, "revoke", &org, &[&id, "--json"]).await;
    assert_eq!(
        (code, output),
        (Some(0), format!("{{\"id\":\"{id}\",\"revoked\":true}}\n"))
    );
    refuses(&server, key).await;
    let (code, _, errors) = run(&folder, "revoke", &org, &[&id]).await;
    assert_eq!((code, errors.as_str()), (Some(1), "tenon: no such API key\n"));
    assert_eq!(server.stop().await.code, Some(0));
}

#[tokio::test]
async fn the_command_line_shows_the_token_of_an_api_key_once_and_lists_it_without() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let org = organization(&server, &server.register().await).await;
    let words = "--name Gate --scope events:publish --expires-at 2999-01-01T00:00:00Z";
    let (code, output, errors) = run(&folder, "create", &org, &words.split(' ').collect::<Vec<_>>()).await;
    assert_eq!(
        (code, errors.as_str()),
        (Some(0), "Keep the key: it is shown this once.\n")
    );
    let lines: Vec<&str> = output.lines().collect();
    let shown = "events:publish  used never  expires 2999-01-01T00:00:00.000000Z  Gate";
    assert!(lines[0].ends_with(shown), "{output}");
    assert!(lines[1].starts_with("tenon_") && lines.len() == 2, "{output}");
    assert!(lines[0].contains(&lines[1][..12]) && !lines[0].contains(&lines[1][12..]));
    let (_, listed, _) = run(&folder, "list", &org, &[]).await;
    assert_eq!(listed, format!("{}\n", lines[0]));
}

#[tokio::test]
async fn the_command_line_makes_no_api_key_that_nobody_could_have_made() {
    let folder = Folder::new();
    let server = folder.serve(&[]).await;
    let token = server.register().await;
    let org = organization(&server, &token).await;
    let nobody = "0198c0de-0000-7000-8000-000000000000";
    let key = ["--name", "Warehouse", "--scope", "assets:read"];
    let create = async |org: &str, further: &[&str]| run(&folder, "create", org, &[&key, further].concat()).await;
    let (code, _, errors) = create(nobody, &[]).await;
    assert_eq!(
        (code, errors.as_str()),
        (Some(1), "tenon: no such organization, or it has no owner\n")
    );
    let (code, _, errors) = create(&org, &["--creator", nobody]).await;
    assert_eq!(
        (code, errors.as_str()),
        (Some(1), "tenon: the organization has no such member\n")
    );
    let (code, _, errors) = create(&org, &["--expires-at", "2020-01-01T00:00:00Z"]).await;
    assert_eq!(
        (code, errors.as_str()),
        (Some(1), "tenon: the time of expiry is over\n")
    );
    assert_eq!(run(&folder, "list", &org, &[]).await.1, "");
}

#[tokio::test]
async fn an_organization_that_is_none_has_no_api_keys_to_list() {
    let unknown = "0198c0de-0000-7000-8000-000000000000";
    let listed = run(&Folder::new(), "list", unknown, &[]).await;
    let message = "tenon: no such organization\n".to_owned();
    assert_eq!(listed, (Some(1), String::new(), message));
}

/// Revokes a key on one instance, and waits for the other to refuse it.
async fn a_revocation_reaches_the_other(folder: &Folder, variables: &[(&str, &str)]) {
    let (one, other) = tokio::join!(folder.serve(variables), folder.serve(variables));
    let token = one.register().await;
    let path = format!("/api/orgs/{}/api-keys", organization(&one, &token).await);
    let (status, made) = one
        .post(&path, &token, json!({ "name": "Warehouse", "scopes": ["assets:read"] }))
        .await;
    assert_eq!(status, 201, "{made}");
    let key = made["key"].as_str().unwrap();
    for server in [&one, &other] {
        assert_eq!(server.get("/api/assets", key).await.0, 200);
    }
    let url = format!("{}{path}/{}", one.origin, made["id"].as_str().unwrap());
    let revoked = reqwest::Client::new()
        .delete(url)
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(revoked.status(), 204);
    assert_eq!(one.get("/api/assets", key).await.0, 401);
    refuses(&other, key).await;
}

#[tokio::test]
async fn an_api_key_that_is_revoked_on_one_instance_is_refused_by_another_through_sqlite() {
    a_revocation_reaches_the_other(&Folder::new(), &[]).await;
}

#[tokio::test]
async fn an_api_key_that_is_revoked_on_one_instance_is_refused_by_another_through_postgres() {
    let database = Database::postgres();
    a_revocation_reaches_the_other(&Folder::new(), &[("DATABASE_URL", database.url())]).await;
}
