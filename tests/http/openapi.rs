use serde_json::Value;
use tenon_tests::for_each_setup;

for_each_setup!(the_document_that_is_served_is_the_one_that_is_checked_in, |setup| {
    let app = setup.start().await;
    let served = app.anonymous().openapi().await.expect(200);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/app/http/openapi.json");
    let checked_in: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(served.json(), checked_in);
});
