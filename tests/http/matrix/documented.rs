use serde_json::Value;
use tenon_tests::app::Answer;

/// Holds an answer with what the document says of the operation: its status, and for a failure its code.
///
/// # Panics
///
/// When it does not stand there.
pub fn hold(document: &Value, operation: &str, answer: &Answer) {
    let (method, path) = operation.split_once(' ').unwrap();
    let responses = &document["paths"][path][method.to_lowercase()]["responses"];
    let response = &responses[answer.status.to_string()];
    assert!(
        response.is_object(),
        "{operation} does not say that it answers {}",
        answer.status
    );
    if answer.status >= 400 {
        let code = answer.any_problem().code;
        let examples = &response["content"]["application/problem+json"]["examples"];
        assert!(
            examples[&code].is_object(),
            "{operation} does not say that it answers {} {code}",
            answer.status
        );
    }
}
