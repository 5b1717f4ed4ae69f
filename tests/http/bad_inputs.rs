//! What is wrong with a request is told in a problem document, whatever it is.

mod bodies;
mod headers;
mod paths;
mod tokens;
mod wire;

use tenon_tests::app::{Call, Person, TestApp};
use tenon_tests::for_each_setup;

/// A request that must be refused, and how.
pub struct Case {
    name: String,
    call: Call,
    status: u16,
    code: &'static str,
    /// What the answer must contain besides.
    says: String,
}

impl Case {
    pub fn new(name: impl Into<String>, call: Call, status: u16, code: &'static str) -> Self {
        Self {
            name: name.into(),
            call,
            status,
            code,
            says: String::new(),
        }
    }

    pub fn says(mut self, text: impl Into<String>) -> Self {
        self.says = text.into();
        self
    }
}

/// Who asks, and for what.
pub struct Scene {
    pub ada: Person,
    pub bob: Person,
    pub asset: String,
}

async fn refuse(app: &TestApp, cases: Vec<Case>, at_least: usize) {
    assert!(cases.len() >= at_least, "{} cases", cases.len());
    for (number, case) in cases.into_iter().enumerate() {
        let id = format!("case-{number}");
        let answer = case.call.header("x-request-id", &id).send().await;
        let name = &case.name;
        assert_eq!(answer.header("x-request-id"), id, "{name}");
        let problem = answer.any_problem();
        assert_eq!(
            (answer.status, problem.code.as_str()),
            (case.status, case.code),
            "{name}: {}",
            answer.text()
        );
        assert!(
            answer.text().contains(&case.says),
            "{name}: {} in {}",
            case.says,
            answer.text()
        );
        assert!(problem.detail.ends_with('.'), "{name}: {}", problem.detail);
    }
    app.anonymous().health().await.expect(200);
}

for_each_setup!(
    every_bad_request_is_a_problem_document_that_says_what_is_wrong,
    |setup| {
        let app = setup.start().await;
        let (ada, bob) = (app.register("ada").await, app.register("bob").await);
        for _ in 0..2 {
            bob.made_asset("Pump").await;
        }
        let asset = ada.made_asset("Pump").await;
        let scene = Scene { ada, bob, asset };
        refuse(&app, bodies::cases(&scene), 40).await;
        refuse(&app, headers::cases(&scene), 20).await;
        refuse(&app, paths::cases(&scene).await, 20).await;
        refuse(&app, tokens::cases(&app, &scene), 25).await;
        wire::refuse(&app, &scene).await;
        let left = scene.ada.all("/api/assets").await;
        assert_eq!(
            (left.len(), &left[0]["version"]),
            (1, &serde_json::json!(1)),
            "nothing was changed"
        );
        let log = app.log_so_far().await;
        assert!(!log.contains("panicked"), "{log}");
    }
);
