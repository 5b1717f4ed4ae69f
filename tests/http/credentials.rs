//! Credentials: kept, and never shown.

use reqwest::Method;
use serde_json::{Value, json};
use tenon_tests::app::{id, is_id, is_stamp, secret_text};
use tenon_tests::for_each_setup;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";
const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n";
const CLIENT: &str = "6731de76-14a6-49ae-97bc-6eba6914391e";

fn app_with(proof: Value) -> Value {
    let mut values = json!({ "tenantId": "contoso.onmicrosoft.com", "clientId": CLIENT });
    values
        .as_object_mut()
        .unwrap()
        .extend(proof.as_object().unwrap().clone());
    json!({ "name": "Mail", "kind": "microsoft-graph", "values": values })
}

for_each_setup!(credentials_are_created_read_replaced_and_deleted, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let answer = ada
        .create_credential(&secret_text("  Mail ", "canary-1"))
        .await
        .expect(201);
    let made = answer.json();
    let credential = id(&made);
    assert_eq!(answer.header("location"), format!("/api/credentials/{credential}"));
    let (created, updated) = (made["createdAt"].as_str().unwrap(), made["updatedAt"].as_str().unwrap());
    assert!(is_id(&credential) && is_stamp(created) && created == updated);
    let mut shown = made.clone();
    for field in ["id", "createdAt", "updatedAt"] {
        shown.as_object_mut().unwrap().remove(field);
    }
    let expected = json!({
        "organizationId": ada.organization, "name": "Mail", "kind": "secret", "createdBy": ada.id, "version": 1,
    });
    assert_eq!(shown, expected);
    assert_eq!(ada.credential(&credential).await.expect(200).json(), made);
    assert_eq!(ada.credentials().await.expect(200).json()["items"], json!([made]));

    let body = secret_text("Post", "canary-2");
    let replaced = ada
        .replace_credential(&credential, &answer.etag(), &body)
        .await
        .expect(200);
    assert_eq!(
        (replaced.etag().as_str(), &replaced.json()["name"]),
        ("\"v2\"", &json!("Post"))
    );
    assert_eq!(ada.credential(&credential).await.expect(200).json(), replaced.json());
    ada.replace_credential(&credential, "\"v1\"", &body)
        .await
        .problem(412, "version_mismatch");
    ada.delete_credential(&credential, "\"v1\"")
        .await
        .problem(412, "version_mismatch");
    let unconditional = ada.call(Method::DELETE, &format!("/api/credentials/{credential}"));
    unconditional.send().await.problem(428, "precondition_required");
    let other_kind = app_with(json!({ "clientSecret": "canary-3" }));
    let problem = ada
        .replace_credential(&credential, "*", &other_kind)
        .await
        .problem(400, "validation_failed");
    assert_eq!(problem.fields, [("kind".to_owned(), "not_changeable".to_owned())]);
    ada.delete_credential(&credential, &replaced.etag()).await.expect(204);
    ada.credential(&credential).await.problem(404, "credential_not_found");
    ada.replace_credential(&credential, "*", &body)
        .await
        .problem(404, "credential_not_found");
    ada.delete_credential(&credential, "*")
        .await
        .problem(404, "credential_not_found");
});

for_each_setup!(every_kind_of_credential_is_taken_and_every_mistake_is_told, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let certificate = json!({ "certificate": CERTIFICATE, "privateKey": PRIVATE_KEY });
    for body in [
        secret_text("Longest", &"x".repeat(16_384)),
        app_with(json!({ "clientSecret": "s~e.cret" })),
        app_with(certificate),
    ] {
        let made = ada.create_credential(&body).await.expect(201).json();
        assert_eq!(made["kind"], body["kind"]);
        assert!(made.get("values").is_none());
    }
    let graph = |proof: Value, field: &str, code: &str| (app_with(proof), vec![(field.to_owned(), code.to_owned())]);
    let both = json!({ "clientSecret": "x", "certificate": CERTIFICATE, "privateKey": PRIVATE_KEY });
    let swapped = json!({ "certificate": PRIVATE_KEY, "privateKey": PRIVATE_KEY });
    for (body, fields) in [
        graph(json!({}), "values.clientSecret", "required"),
        graph(json!({ "certificate": CERTIFICATE }), "values.privateKey", "required"),
        graph(json!({ "privateKey": PRIVATE_KEY }), "values.certificate", "required"),
        graph(both, "values.clientSecret", "not_expected"),
        graph(swapped, "values.certificate", "invalid_pem"),
        graph(
            json!({ "clientSecret": "x", "value": "x" }),
            "values.value",
            "not_expected",
        ),
        graph(
            json!({ "clientSecret": "x", "tenantId": "a/b" }),
            "values.tenantId",
            "invalid_tenant",
        ),
        graph(
            json!({ "clientSecret": "x", "clientId": "x" }),
            "values.clientId",
            "invalid_id",
        ),
        (secret_text("", "x"), vec![("name".to_owned(), "required".to_owned())]),
        (
            secret_text("x", ""),
            vec![("values.value".to_owned(), "required".to_owned())],
        ),
        (
            secret_text("x", &"x".repeat(16_385)),
            vec![("values.value".to_owned(), "too_long".to_owned())],
        ),
        (
            json!({ "name": "x", "kind": "password", "values": { "value": "x" } }),
            vec![("kind".to_owned(), "unknown_kind".to_owned())],
        ),
        (
            json!({ "name": "x", "kind": "secret" }),
            vec![("values".to_owned(), "required".to_owned())],
        ),
    ] {
        let problem = ada.create_credential(&body).await.problem(400, "validation_failed");
        assert_eq!(problem.fields, fields, "{body}");
    }
    let unknown = json!({ "name": "x", "kind": "secret", "values": { "secret": "x" } });
    ada.create_credential(&unknown).await.problem(400, "unknown_field");
    assert_eq!(ada.all("/api/credentials?limit=2").await.len(), 3);
});

for_each_setup!(a_repeated_creation_makes_one_credential, |setup| {
    let app = setup.start().await;
    let ada = app.register("ada").await;
    let body = secret_text("Mail", "canary");
    let first = ada.post_once("/api/credentials", "key", &body).await.expect(201);
    let again = ada.post_once("/api/credentials", "key", &body).await.expect(201);
    assert_eq!(
        (again.json(), again.header("idempotent-replayed")),
        (first.json(), "true")
    );
    let other = ada
        .post_once("/api/credentials", "key", &secret_text("Mail", "other"))
        .await;
    other.problem(422, "idempotency_key_reused");
    assert_eq!(ada.all("/api/credentials").await.len(), 1);
});

fn contains(text: &[u8], part: &str) -> bool {
    let forms = [part.to_owned(), hex::encode(part)];
    forms
        .iter()
        .any(|form| memchr::memmem::find(text, form.as_bytes()).is_some())
}

for_each_setup!(
    no_secret_of_a_credential_is_in_an_answer_a_log_or_the_database,
    |setup| {
        let app = setup.options().set("TENON__LOG__LEVEL", "trace").start().await;
        let ada = app.register("ada").await;
        let canaries = [
            "canary-of-a-text",
            "canary-of-an-app",
            "canary-of-a-replacement",
            "Q0FOQVJZ",
        ];
        let certificate = json!({ "certificate": CERTIFICATE, "privateKey": PRIVATE_KEY });
        let text = secret_text("canary-of-a-name", canaries[0]);
        let mut answers = vec![ada.post_once("/api/credentials", "key", &text).await.expect(201)];
        let made = id(&answers[0].json());
        for body in [app_with(json!({ "clientSecret": canaries[1] })), app_with(certificate)] {
            answers.push(ada.create_credential(&body).await.expect(201));
        }
        let replacement = secret_text("Replaced", canaries[2]);
        answers.push(ada.replace_credential(&made, "*", &replacement).await.expect(200));
        answers.push(ada.replace_credential(&made, "\"v1\"", &replacement).await.expect(412));
        answers.push(ada.post_once("/api/credentials", "key", &text).await.expect(201));
        answers.push(ada.credentials().await.expect(200));
        let mut places = app.kept().await;
        let found = places.iter().any(|(_, text)| contains(text, "Replaced"));
        assert!(found, "the search finds what is kept");
        places.extend(answers.into_iter().map(|answer| (answer.asked.clone(), answer.body)));
        for (place, text) in &places {
            for canary in canaries {
                assert!(!contains(text, canary), "{place} shows {canary}");
            }
        }
    }
);
