//! Whether a document shows what there is.

use regex::Regex;

/// What differs each time: ids and hashes, times, and measured numbers.
const VARIABLE: [(&str, &str); 4] = [
    ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r"\b[0-9a-f]{32,64}\b", "HASH"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "TIME"),
    (r#""(uptime|latencyMs|answerMs)":[0-9.]+"#, r#""$1":NUMBER"#),
];

/// Holds what came to what is shown, in which `…` stands for anything.
///
/// # Panics
///
/// When it is something else, with both.
pub fn compare(place: &str, shown: &str, came: &str) {
    let (shown, came) = (plain(shown), plain(came));
    let parts: Vec<String> = shown.split('…').map(regex::escape).collect();
    let pattern = Regex::new(&format!("^{}$", parts.join(r"[\s\S]*?"))).unwrap();
    assert!(
        pattern.is_match(&came),
        "{place} shows\n\n{shown}\n\nand this came:\n\n{came}"
    );
}

fn plain(text: &str) -> String {
    let text = text.replace('\r', "");
    let same = |text: String, (pattern, name): &(&str, &str)| {
        Regex::new(pattern).unwrap().replace_all(&text, *name).into_owned()
    };
    VARIABLE.iter().fold(text.trim().to_owned(), same)
}

#[test]
fn what_differs_each_time_may_differ_and_nothing_else() {
    let shown = r#"{"id":"01a1fd98-ef88-7ed4-abca-6bc372cdbff1","uptime":1.123,…,"total":1}"#;
    compare(
        "",
        shown,
        r#"{"id":"01a215e0-7c3b-7d10-9a5e-5f0c2e4b7d21","uptime":20,"a":2,"total":1}"#,
    );
    for other in [
        r#"{"id":"1","uptime":20,"a":2,"total":1}"#,
        r#"{"id":"01a215e0-7c3b-7d10-9a5e-5f0c2e4b7d21","uptime":20,"a":2,"total":2}"#,
    ] {
        assert!(std::panic::catch_unwind(|| compare("", shown, other)).is_err());
    }
}
