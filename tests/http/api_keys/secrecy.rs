use serde_json::json;
use tenon_tests::for_each_setup;

for_each_setup!(the_token_of_an_api_key_is_kept_nowhere, |setup| {
    let app = setup.options().set("TENON__LOG__LEVEL", "trace").start().await;
    let ada = app.register("ada").await;
    let path = format!("/api/orgs/{}/api-keys", ada.organization);
    let body = json!({ "name": "Warehouse of the canary", "scopes": ["assets:read"] });
    let made = ada.post_once(&path, "key", &body).await.expect(201).json();
    let token = made["key"].as_str().unwrap();
    let holder = app.anonymous().with_token(token);
    holder.assets("").await.expect(200);
    holder.me().await.expect(403);
    let named = format!("\"api_key\":\"{}\"", made["id"].as_str().unwrap());
    assert!(app.log_so_far().await.matches(&named).count() >= 2);
    let mut places = app.kept().await;
    let contains = |text: &[u8], part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    assert!(places.iter().any(|(_, text)| contains(text, "Warehouse of the canary")));
    for answer in [
        ada.get(&path).await,
        ada.api_key(&ada.organization, made["id"].as_str().unwrap()).await,
    ] {
        places.push((answer.asked.clone(), answer.expect(200).body));
    }
    // What follows the prefix, which is shown.
    let secret = &token[12..];
    for (place, text) in &places {
        assert!(
            !contains(text, secret) && !contains(text, &hex::encode(secret)),
            "{place} has the token"
        );
    }
});
