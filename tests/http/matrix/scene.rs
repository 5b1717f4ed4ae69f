mod furnishing;

use std::collections::BTreeMap;

use furnishing::{Spent, holders, spent, with_keys};
use serde_json::{Value, json};
use tenon_tests::app::{Answer, Client, Holder, PASSWORD, Person, SCOPES, TestApp, id, letter};
use tenon_tests::graph_scene::made_app;
use tenon_tests::keys::{Owner, device_json};
use uuid::Uuid;

use crate::organizations::Company;
use crate::tokens::expired;

/// A tenant full of things that carry its mark, and everybody who might ask for them.
pub struct Scene {
    pub marker: String,
    pub company: Company,
    pub stranger: Person,
    pub revoked: Person,
    pub former: Person,
    pub site: String,
    pub unit: String,
    pub asset: String,
    pub credential: String,
    pub subscription: String,
    /// API keys that were made for this scope, and for every one but this.
    holders: BTreeMap<&'static str, [Holder; 2]>,
    /// The member's identity key on their device.
    pub identity_key: String,
    /// An open invitation's id and token, a second session of the owner, the member's device, and an API key that nobody uses; all are
    /// used up by some cells.
    spent: parking_lot::Mutex<Spent>,
}

impl Scene {
    pub async fn set(app: &TestApp) -> Self {
        let marker = format!("mark{}", &Uuid::new_v4().simple().to_string()[..10]);
        let company = Company::found_with(app, &marker).await;
        let (owner, org) = (&company.owner, company.org().to_owned());
        owner.rename_organization(&org, "*", &marker).await.expect(200);
        let site = owner.made_site(&org, &format!("{marker} site")).await;
        let unit = owner.made_unit(&org, &site, &format!("{marker} unit")).await;
        let body = json!({
            "title": format!("{marker} asset"), "siteId": site, "unitId": unit, "category": marker, "tags": [marker],
        });
        let asset = id(&company.member.create_asset(&body).await.expect(201).json());
        let credential = owner.made_credential(&format!("{marker} credential"), &marker).await;
        let wish = json!({
            "credentialId": made_app(owner).await, "resource": format!("users/{marker}"), "changeTypes": ["created"],
        });
        let subscription = id(&owner.post("/api/graph/subscriptions", &wish).await.expect(201).json());
        for sender in [owner, &company.admin, &company.member] {
            let mut message = letter(&company.member, "");
            // It is base64, too.
            message["content"] = json!(format!("{marker}AA"));
            sender.send_message(&message).await.expect(201);
        }
        let revoked = company.admin.sign_in().await.switched_to(&org).await;
        company.admin.end_session(&revoked.session).await.expect(204);
        let former = owner.take_in(&app.register("former").await, "admin").await;
        owner.remove_member(&org, &former.id, "*").await.expect(204);
        let stranger = app.register("stranger").await;
        let place = stranger.made_site(&stranger.organization, "Elsewhere").await;
        stranger
            .create_asset(&json!({ "title": "Own", "siteId": place }))
            .await
            .expect(201);
        let (identity_key, number) = with_keys(&company.member).await;
        let spent = spent(owner, &marker, number).await.into();
        let holders = holders(app, owner).await;
        Self {
            marker,
            company,
            stranger,
            revoked,
            former,
            site,
            unit,
            asset,
            credential,
            subscription,
            holders,
            identity_key,
            spent,
        }
    }

    /// The path with the tenant's ids in it.
    pub fn path(&self, template: &str) -> String {
        let spent = self.spent.lock();
        let path = template
            .replace("{organization}", self.company.org())
            .replace("{user}", &self.company.member.id)
            .replace("{key}", &spent.key)
            .replace("{invitation}", &spent.invitation)
            .replace("{session}", &spent.session)
            .replace("{site}", &self.site)
            .replace("{unit}", &self.unit)
            .replace("{asset}", &self.asset)
            .replace("{queue}", "graph")
            .replace("{job}", &Uuid::new_v4().to_string())
            .replace("{subscription}", &self.subscription)
            .replace("{notification}", &Uuid::new_v4().to_string())
            .replace("{credential}", &self.credential)
            .replace("{device}", &spent.device.to_string())
            .replace("{room}", &format!("org:{}:unit:{}", self.company.org(), self.unit));
        assert!(!path.contains('{'), "{template} has a new parameter");
        path
    }

    /// Makes a new invitation, a new session and a new API key, or a new device, where a cell may use up the one that there is.
    pub async fn refill(&self, template: &str) {
        if ["{invitation}", "{session}", "{key}"]
            .iter()
            .any(|name| template.contains(name))
        {
            let device = self.spent.lock().device;
            *self.spent.lock() = spent(
                &self.company.owner.sign_in().await.switched_to(self.company.org()).await,
                &self.marker,
                device,
            )
            .await;
        }
        if template.contains("{device}") {
            let device = self
                .member("member")
                .await
                .made_device(&device_json(&Owner::default().device([])))
                .await;
            self.spent.lock().device = device;
        }
    }

    pub fn invitation_token(&self) -> String {
        self.spent.lock().token.clone()
    }

    /// Somebody who is not in the organization.
    pub async fn outsider(&self, app: &TestApp, who: &str, scope: Option<&str>) -> Client {
        match who {
            "api key without scope" => self.holders[scope.unwrap_or(SCOPES[0])][1].client.clone(),
            "stranger" => (*self.stranger.sign_in().await).clone(),
            "anonymous" => app.anonymous(),
            "revoked" => (*self.revoked).clone(),
            "former" => (*self.former).clone(),
            "expired" => app.anonymous().with_token(&expired(&self.company.owner)),
            "operator" => app.operator().await,
            _ => panic!("no {who}"),
        }
    }

    /// Somebody who is: with a new session, or with an API key.
    pub async fn insider(&self, who: &str, scope: Option<&str>) -> Client {
        match who {
            "api key with scope" => self.holders[scope.unwrap_or(SCOPES[0])][0].client.clone(),
            _ => (*self.member(who).await).clone(),
        }
    }

    /// A new session of a member.
    pub async fn member(&self, who: &str) -> Person {
        let person = match who {
            "owner" => &self.company.owner,
            "admin" => &self.company.admin,
            "member" => &self.company.member,
            "viewer" => &self.company.viewer,
            _ => panic!("no {who}"),
        };
        person.sign_in().await.switched_to(self.company.org()).await
    }

    /// All that the owner can read of the organization.
    pub async fn snapshot(&self) -> Vec<String> {
        let owner = self.company.owner.sign_in().await.switched_to(self.company.org()).await;
        let org = self.company.org();
        let mut texts = Vec::new();
        for path in [
            format!("/api/orgs/{org}"),
            format!("/api/orgs/{org}/members?limit=100"),
            format!("/api/orgs/{org}/invitations?limit=100"),
            format!("/api/orgs/{org}/sites?limit=100"),
            format!("/api/orgs/{org}/units?limit=100"),
            format!("/api/orgs/{org}/activity?limit=100"),
            format!("/api/rooms/org:{org}/history?limit=100"),
            "/api/conversations?limit=100".to_owned(),
            "/api/keys/changes?limit=100".to_owned(),
            self.path("/api/users/{user}/public-key"),
            self.path("/api/users/{user}/devices"),
            self.path("/api/users/{user}/key-log?limit=100"),
            "/api/assets?limit=100".to_owned(),
            self.path("/api/assets/{asset}"),
            "/api/credentials?limit=100".to_owned(),
            self.path("/api/orgs/{organization}/api-keys/{key}"),
            "/api/graph/subscriptions?limit=100".to_owned(),
        ] {
            texts.push(owner.get(&path).await.expect(200).text());
        }
        for person in [
            &self.company.owner,
            &self.company.admin,
            &self.company.member,
            &self.company.viewer,
        ] {
            person.me().await.expect(200);
            texts.push(person.me().await.text());
        }
        texts
    }

    /// An answer to an outsider has nothing of the tenant but what was asked with. The operator reads every organization.
    #[track_caller]
    pub fn find_nothing(&self, who: &str, answer: &Answer) {
        if who == "operator" && answer.status == 200 {
            return;
        }
        let mut said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(problem) = said.as_object_mut() {
            problem.remove("instance");
        }
        let said = said.to_string();
        let people = [
            &self.company.owner,
            &self.company.admin,
            &self.company.member,
            &self.company.viewer,
        ];
        let spent = self.spent.lock();
        let own = [
            self.company.org(),
            &self.site,
            &self.unit,
            &self.asset,
            &self.credential,
            &spent.invitation,
            &spent.session,
            &spent.key,
            &self.marker,
            &self.identity_key,
        ];
        for secret in own
            .into_iter()
            .chain(people.iter().flat_map(|person| [person.id.as_str(), &person.email]))
        {
            assert!(!said.contains(secret), "{who}: {}: {secret} in {said}", answer.asked);
        }
    }

    /// Sign-in data of the stranger.
    pub fn sign_in_body(&self) -> Value {
        json!({ "email": self.stranger.email, "password": PASSWORD })
    }
}
