//! A simulator, and somebody signed in to it.

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use tenon_simulator::{Config, Simulator};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub const CLIENT: &str = "8e460676-ae3f-4b1e-8790-ee0fb5d6148f";
pub const STATE: &str = "a state";

pub struct Scene {
    pub simulator: Simulator,
    client: Client,
    token: String,
}

impl Scene {
    pub async fn set() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let simulator = Simulator::start(config).unwrap();
        let mut scene = Self {
            simulator,
            client: Client::builder().no_proxy().build().unwrap(),
            token: String::new(),
        };
        let issued = scene.sign_in("contoso.onmicrosoft.com").await;
        issued["access_token"].as_str().unwrap().clone_into(&mut scene.token);
        scene
    }

    pub async fn sign_in(&self, tenant: &str) -> Value {
        let answer = self.grant(tenant, &[("client_secret", "any")]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }

    pub async fn grant(&self, tenant: &str, proof: &[(&str, &str)]) -> Response {
        let scope = format!("{}/.default", self.simulator.url());
        let mut form = vec![
            ("client_id", CLIENT),
            ("grant_type", "client_credentials"),
            ("scope", &scope),
        ];
        form.extend(proof);
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.simulator.url());
        self.client.post(url).form(&form).send().await.unwrap()
    }

    /// Calls Graph, or what makes it act.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let url = format!("{}{path}", self.simulator.url());
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// A subscription to all changes of a mailbox, whose life is told at another path.
    pub async fn subscribe(&self, url: &str) -> Value {
        let answer = self.call(Method::POST, "/v1.0/subscriptions", Some(wanted(url))).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.unwrap()
    }

    pub async fn order(&self, order: Value) -> Value {
        let answer = self.call(Method::POST, "/simulate/notifications", Some(order)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }
}

pub fn wanted(url: &str) -> Value {
    json!({
        "changeType": "created,updated,deleted",
        "notificationUrl": url,
        "lifecycleNotificationUrl": format!("{url}/life"),
        "resource": "/users/1/messages?$select=subject",
        "expirationDateTime": in_seconds(3600),
        "clientState": STATE,
    })
}

pub fn in_seconds(seconds: i64) -> String {
    let time = OffsetDateTime::now_utc() + time::Duration::seconds(seconds);
    time.format(&Rfc3339).unwrap()
}
