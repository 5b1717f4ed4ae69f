use reqwest::Method;
use serde_json::json;
use tenon_tests::app::Person;

use crate::siege::{ORDINARY, Siege, options};

/// An id of somebody else in forms that some parser takes for it.
fn forms(id: &str) -> Vec<String> {
    let digits: String = id.chars().filter(|c| *c != '-').collect();
    let number = u128::from_str_radix(&digits, 16).unwrap();
    let wide: String = id
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
        .collect();
    vec![
        id.to_owned(),
        id.to_uppercase(),
        digits,
        format!("%7B{id}%7D"),
        format!("urn:uuid:{id}"),
        format!("{id}%00"),
        format!("{id}%0a"),
        format!("%20{id}"),
        format!("{id}/"),
        format!("{id}.json"),
        format!("{id};v=1"),
        format!("..%2f{id}"),
        format!("{id}%2f.."),
        id.replace('-', "%2D"),
        id.replace('-', "%E2%80%90"),
        wide.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        number.to_string(),
        "00000000-0000-0000-0000-000000000000".to_owned(),
        "ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned(),
        "me".to_owned(),
        "*".to_owned(),
        "%25".to_owned(),
        "-1".to_owned(),
        "a".repeat(5_000),
    ]
}

/// What another tenant has, by the name of the parameter that it would be given for.
async fn belongings(person: &Person, asset: &str) -> Vec<(&'static str, String)> {
    let organization = person.organization.clone();
    let site = person.made_site(&organization, "Harbor").await;
    vec![
        ("{asset}", asset.to_owned()),
        ("{unit}", person.made_unit(&organization, &site, "Crane").await),
        ("{site}", site),
        ("{credential}", person.made_credential("Mail", "canary").await),
        ("{session}", person.session.clone()),
        ("{organization}", organization),
        ("{user}", person.id.clone()),
    ]
}

/// Fills a documented path, what it does not know with the last of these.
fn filled(path: &str, belongings: &[(&'static str, String)], odd: &str, which: &str) -> String {
    let mut path = path.to_owned();
    for (name, id) in belongings {
        path = path.replace(name, if *name == which { odd } else { id });
    }
    while let Some((before, rest)) = path.split_once('{') {
        let (_, after) = rest.split_once('}').unwrap();
        path = format!("{before}{odd}{after}");
    }
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_tenant_opens_nothing_in_whatever_form() {
    let siege = Siege::begin(options()).await;
    let document = siege.app.anonymous().openapi().await.expect(200).json();
    let mallory = siege.app.register("mallory").await;
    let belongings = belongings(&siege.ada, &siege.asset).await;
    let mut asked = 0;
    for (name, operations) in document["paths"].as_object().unwrap() {
        if !name.contains('{') || !name.starts_with("/api/") {
            continue;
        }
        let which = belongings.iter().filter(|(parameter, _)| name.contains(parameter));
        for (parameter, id) in which {
            for odd in forms(id) {
                let path = filled(name, &belongings, &odd, parameter);
                for method in operations.as_object().unwrap().keys() {
                    let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                        continue;
                    };
                    let call = mallory.call(method.clone(), &path).header("if-match", "*");
                    let body = json!({ "title": "Mine", "name": "Mine", "role": "owner", "disabled": true });
                    let answer = if method == Method::GET { call } else { call.json(&body) }.send().await;
                    let refused = (400..500).contains(&answer.status);
                    assert!(
                        refused || is_public(name, &answer.text()),
                        "{}: {} {}",
                        answer.asked,
                        answer.status,
                        answer.text()
                    );
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 1_000, "{asked}");
    siege.ada.asset(&siege.asset).await.expect(200);
    let organization = siege.ada.organization(&siege.ada.organization).await.expect(200).json();
    assert_ne!(organization["name"], "Mine");
    siege
        .end(
            &format!("{asked} requests with ids of another tenant in odd forms"),
            "400 to 499 each",
            ORDINARY,
        )
        .await;
}

/// Nothing of another tenant is shown: an empty list is all that may be answered about somebody whom one does not know.
fn is_public(name: &str, text: &str) -> bool {
    name.contains("conversations") && text.contains("\"items\":[]")
}
