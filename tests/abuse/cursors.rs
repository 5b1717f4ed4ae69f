use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenon_tests::app::{Client, Person, TestApp, letter};
use tenon_tests::graph_scene::made_app;

use crate::siege::{ORDINARY, Siege, options};

/// Listings whose cursors nobody has here, because Microsoft Graph or a worker would have to fill them.
const EMPTY: [&str; 2] = ["/api/graph/notifications", "/api/queues/{queue}/jobs"];

/// Those for the operator.
const OPERATORS: [&str; 3] = ["/api/audit", "/api/users", "/api/queues/{queue}/jobs"];

/// Every so many bits of a cursor, one is turned.
const STEP: usize = 5;

/// A listing, and who reads it.
struct Listing {
    /// As it is documented, for messages.
    name: String,
    path: String,
    reader: Client,
}

impl Listing {
    /// The cursor of the second page.
    async fn cursor(&self) -> Option<String> {
        self.reader.page(&format!("{}limit=1", self.path)).await.next
    }

    async fn refuses(&self, cursor: &str, why: &str) {
        let answer = self.reader.get(&format!("{}limit=1&cursor={cursor}", self.path)).await;
        let refused = answer.status == 400 && answer.text().contains("\"invalid_cursor\"");
        assert!(refused, "{} with {why}: {}", self.name, answer.text());
    }
}

/// Every listing that the API describes, as this person and the operator read it.
fn listings(document: &Value, person: &Person, peer: &Person, operator: &Client) -> Vec<Listing> {
    let mut listings = Vec::new();
    for (name, operations) in document["paths"].as_object().unwrap() {
        let parameters = operations["get"]["parameters"].as_array();
        if !parameters.is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "cursor")) {
            continue;
        }
        let path = name
            .replace("{organization}", &person.organization)
            .replace("{user}", &peer.id)
            .replace("{queue}", "graph");
        let reader = if OPERATORS.contains(&name.as_str()) {
            operator.clone()
        } else {
            Client::clone(person)
        };
        for query in ["", "sort=title&", "sort=-updatedAt&"] {
            if query.is_empty() || name == "/api/assets" {
                listings.push(Listing {
                    name: format!("{name}?{query}"),
                    path: format!("{path}?{query}"),
                    reader: reader.clone(),
                });
            }
        }
    }
    listings
}

/// Somebody with two of everything that is listed, and whom they write with.
async fn furnished(app: &TestApp, name: &str) -> (Person, Person) {
    let owner = app.register(name).await;
    let org = owner.organization.clone();
    let mut peers = Vec::new();
    for peer in ["first", "second"] {
        let peer = owner.take_in(&app.register(peer).await, "member").await;
        for text in ["one", "two"] {
            owner.send_message(&letter(&peer, text)).await.expect(201);
        }
        peers.push(peer);
        owner.sign_in().await;
        owner.made_asset("Pump").await;
        let site = owner.made_site(&org, &format!("Site {}", peers.len())).await;
        owner.made_unit(&org, &site, "Unit").await;
        owner.made_credential(&format!("Mail {}", peers.len()), "canary").await;
        owner.made_api_key(app, &["assets:read"]).await;
        owner
            .invite(&org, &format!("guest-{}@example.org", peers.len()), "viewer")
            .await
            .expect(201);
        owner.create_organization("Another").await.expect(201);
        let wish = json!({ "credentialId": made_app(&owner).await, "resource": "users/x", "changeTypes": ["created"] });
        owner.post("/api/graph/subscriptions", &wish).await.expect(201);
    }
    (owner, peers.swap_remove(0))
}

/// The cursor with one bit turned, for every so many bits.
fn turned(cursor: &str) -> Vec<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let turn = |bit: usize| {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        URL_SAFE_NO_PAD.encode(bytes)
    };
    (0..bytes.len() * 8).step_by(STEP).map(turn).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_listing_takes_a_cursor_that_it_did_not_write() {
    let siege = Siege::begin(options()).await;
    let document = siege.app.anonymous().openapi().await.expect(200).json();
    let operator = siege.app.operator().await;
    let (owner, peer) = furnished(&siege.app, "owner").await;
    let (stranger, strangers_peer) = furnished(&siege.app, "stranger").await;
    let own = listings(&document, &owner, &peer, &operator);
    let others = listings(&document, &stranger, &strangers_peer, &operator);
    assert!(own.len() >= 20, "{} listings", own.len());
    let mut cursors = Vec::new();
    for (listing, other) in own.iter().zip(&others) {
        let cursor = listing.cursor().await;
        let is_empty = EMPTY.iter().any(|path| listing.name.starts_with(path));
        assert_eq!(cursor.is_none(), is_empty, "{} has one page", listing.name);
        let Some(cursor) = cursor else { continue };
        if listing.reader.token() != other.reader.token() {
            listing
                .refuses(&other.cursor().await.unwrap(), "a cursor of another tenant")
                .await;
        }
        for turned in turned(&cursor) {
            listing.refuses(&turned, "a bit that is turned").await;
        }
        listing.refuses(&cursor[1..], "its beginning cut off").await;
        listing.refuses(&format!("{cursor}AAAA"), "more behind it").await;
        cursors.push((listing.name.clone(), cursor));
    }
    for listing in &own {
        for (name, cursor) in cursors.iter().filter(|(name, _)| *name != listing.name) {
            listing.refuses(cursor, name).await;
        }
    }
    let what = format!(
        "cursors of {} listings with bits turned, of other listings and of other tenants",
        own.len()
    );
    siege.end(&what, "400 invalid_cursor", ORDINARY).await;
}
