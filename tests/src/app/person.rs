use std::net::SocketAddr;
use std::ops::Deref;

use serde_json::{Value, json};
use uuid::Uuid;

use super::TestApp;
use super::answer::Answer;
use super::client::Client;

/// The password of everybody.
pub const PASSWORD: &str = "plum-harbor-42";

/// Somebody with an account, signed in.
#[derive(Debug, Clone)]
pub struct Person {
    client: Client,
    /// The user's id.
    pub id: String,
    pub email: String,
    /// The organization of the token.
    pub organization: String,
    pub session: String,
    pub refresh_token: String,
}

impl Person {
    pub(super) async fn register(client: Client, name: &str, fields: &Value) -> Self {
        let mut body = json!({ "email": address(name), "password": PASSWORD, "displayName": name });
        let further = fields.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(further);
        let answer = client.register(&body).await.expect(201);
        Self::of(&client, &answer.json())
    }

    /// Who an answer of register, login or refresh speaks of.
    pub fn of(client: &Client, signed_in: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{signed_in}")).to_owned();
        Self {
            client: client.with_token(&text(&signed_in["accessToken"])),
            id: text(&signed_in["user"]["id"]),
            email: text(&signed_in["user"]["email"]),
            organization: text(&signed_in["organization"]["id"]),
            session: text(&signed_in["session"]),
            refresh_token: text(&signed_in["refreshToken"]),
        }
    }

    /// The same person on another instance.
    #[must_use]
    pub fn on(&self, app: &TestApp) -> Self {
        Self {
            client: self.client.at(app),
            ..self.clone()
        }
    }

    /// The same person by way of another address.
    #[must_use]
    pub fn by_way_of(&self, address: SocketAddr) -> Self {
        Self {
            client: self.client.by_way_of(address),
            ..self.clone()
        }
    }

    /// Signs in on another device.
    pub async fn sign_in(&self) -> Self {
        let answer = self.without_token().login(&self.email, PASSWORD).await.expect(200);
        Self::of(&self.without_token(), &answer.json())
    }

    /// Refreshes, and goes on with the new tokens.
    pub async fn refreshed(&self) -> Self {
        let answer = self.refresh().await.expect(200);
        Self::of(&self.without_token(), &answer.json())
    }

    /// Refreshes.
    pub async fn refresh(&self) -> Answer {
        self.without_token().refresh_with(&self.refresh_token).await
    }

    /// Goes on in another organization.
    pub async fn switched_to(&self, organization: &str) -> Self {
        let answer = self.switch(organization).await.expect(200).json();
        Self {
            client: self.with_token(answer["accessToken"].as_str().unwrap()),
            organization: organization.to_owned(),
            ..self.clone()
        }
    }

    /// Invites somebody to the organization that one is in, and answers them as they are there.
    pub async fn take_in(&self, other: &Self, role: &str) -> Self {
        let invited = self
            .invite(&self.organization, &other.email, role)
            .await
            .expect(201)
            .json();
        let token = invited["token"].as_str().unwrap();
        assert_eq!(other.accept_invitation(token).await.expect(200).json()["role"], role);
        other.switched_to(&self.organization).await
    }
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// An email address that nobody else has.
pub fn address(name: &str) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("{name}.{}@example.org", random.get(..12).unwrap())
}
