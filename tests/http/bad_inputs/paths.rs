use reqwest::Method;

use super::{Case, Scene};

/// Query strings of the listing of assets, and the parameter that is wrong with each.
const QUERIES: [(&str, &str); 14] = [
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("limit=abc", "limit"),
    ("limit=-1", "limit"),
    ("limit=99999999999999999999", "limit"),
    ("limit=1&limit=2", "limit"),
    ("count=yes", "count"),
    ("sort=price", "sort"),
    ("sort=--title", "sort"),
    ("status=sold", "status"),
    ("siteId=north", "siteId"),
    ("updatedSince=yesterday", "updatedSince"),
    ("q=%20-%20", "q"),
    ("tag=%00", "tag"),
];

pub async fn cases(scene: &Scene) -> Vec<Case> {
    let get = |path: &str| scene.ada.call(Method::GET, path);
    let mut cases = Vec::new();
    for (query, field) in QUERIES {
        let case = Case::new(query, get(&format!("/api/assets?{query}")), 400, "invalid_parameter");
        cases.push(case.says(format!("\"field\":\"{field}\"")));
    }
    for query in ["page=2", "Limit=1", "limit%5B%5D=1", "__proto__=1"] {
        cases.push(Case::new(
            query,
            get(&format!("/api/assets?{query}")),
            400,
            "unknown_parameter",
        ));
    }
    let foreign = scene.bob.page("/api/assets?limit=1").await.next.unwrap();
    for (name, cursor) in [
        ("another person's cursor", foreign),
        ("a cursor of 64 KB", "A".repeat(60_000)),
        ("an empty cursor", String::new()),
        ("no base64", "!!!".to_owned()),
        ("a short cursor", "AAAA".to_owned()),
        ("an encoded NUL", "%00".to_owned()),
    ] {
        let call = get(&format!("/api/assets?limit=1&cursor={cursor}"));
        cases.push(Case::new(name, call, 400, "invalid_cursor"));
    }
    cases.extend(ids(scene));
    cases.extend(methods(scene));
    cases
}

fn ids(scene: &Scene) -> Vec<Case> {
    let get = |path: &str| scene.ada.call(Method::GET, path);
    let upper = format!("{}x", scene.asset);
    let mut cases = Vec::new();
    for id in [
        "1",
        "null",
        "..%2fme",
        "%00",
        "%ff",
        "%F0%9F%A7%AD",
        "a'--",
        &upper,
        &"a".repeat(2_000),
    ] {
        let name = format!("id {}", id.chars().take(20).collect::<String>());
        cases.push(Case::new(name, get(&format!("/api/assets/{id}")), 400, "invalid_id"));
    }
    for path in [
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/assets/",
        "/api//assets",
        "/API/assets",
        "/..%2f..%2fetc%2fpasswd",
        "/api/assets%00",
        "/%",
        "/api/%zz",
        "/favicon.ico.php",
    ] {
        cases.push(Case::new(path, get(path), 404, "not_found"));
    }
    cases
}

fn methods(scene: &Scene) -> Vec<Case> {
    let cases = [
        ("PUT", "/api/assets"),
        ("DELETE", "/api/assets"),
        ("GET", "/api/auth/login"),
        ("POST", "/api/health"),
        ("TRACE", "/api/assets"),
        ("OPTIONS", "/api/assets"),
        ("PURGE", "/api/auth/me"),
        ("get", "/api/auth/me"),
    ];
    cases
        .into_iter()
        .map(|(method, path)| {
            let call = scene.ada.call(Method::from_bytes(method.as_bytes()).unwrap(), path);
            Case::new(format!("{method} {path}"), call, 405, "method_not_allowed")
        })
        .collect()
}
