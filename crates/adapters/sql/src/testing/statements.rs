//! The statements that the ports run, as they run them.

use std::collections::BTreeSet;
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use tenon_accounts::Email;
use tenon_assets::Listing;
use tenon_kernel::{Id, Limit, OrganizationId, PageRequest, Timestamp};

use super::audit::entry;
use super::{api_keys, audit, cases, cluster, graph, jobs, keys, mail, vault};
use crate::Store;

/// Addresses of databases and statements on them.
static RECORDED: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

#[derive(Default)]
struct Recorder {
    url: String,
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.url = url.to_owned(),
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let statement = text.split(" -- binds").next().unwrap().to_owned();
                RECORDED.lock().unwrap().insert((self.url.clone(), statement));
            }
            _ => {}
        }
    }
}

/// From here on every new connection of this process records what it runs.
pub fn record() {
    set_default_instrumentation(|| Some(Box::new(Recorder::default()))).unwrap();
}

/// The questions that were asked on the database so far.
pub fn recorded(url: &str) -> Vec<String> {
    let all = RECORDED.lock().unwrap();
    // The adapter adds to an address how long to wait for it.
    let is_there = |at: &str| at.split('?').next() == Some(url);
    let of_url = all
        .iter()
        .filter(|(at, _)| is_there(at))
        .map(|(_, statement)| statement);
    of_url
        .filter(|statement| statement.starts_with("SELECT"))
        .cloned()
        .collect()
}

pub(super) fn requests<T>() -> [PageRequest<Id<T>>; 2] {
    let first = PageRequest {
        limit: Limit::default(),
        after: None,
        count: true,
    };
    [
        first,
        PageRequest {
            after: Some(Id::at(Timestamp::from_micros(7))),
            ..first
        },
    ]
}

/// Asks every port everything that it can be asked.
pub async fn ask_everything(store: &Store) {
    let now = Timestamp::from_micros(1_767_225_600_000_000);
    let (user, organization) = (Id::at(now), Id::at(now));
    store
        .users
        .by_email(&Email::parse("ada@example.com").unwrap())
        .await
        .unwrap();
    store.users.by_id(user).await.unwrap();
    store.organizations.find(organization).await.unwrap();
    store.members.find(organization, user).await.unwrap();
    store.members.home(user, Some(organization)).await.unwrap();
    store.sessions.find(user, Id::at(now), now).await.unwrap();
    store.sessions.end_all(user, now, now, &entry()).await.unwrap();
    store.revocations.since(now, now).await.unwrap();
    for request in requests() {
        store.organizations.list(&request).await.unwrap();
        store.members.of_user(user, &request).await.unwrap();
    }
    for request in requests() {
        store.members.list(organization, &request).await.unwrap();
    }
    for request in requests() {
        store.invitations.list(organization, &request, now).await.unwrap();
    }
    for request in requests() {
        store.sessions.list(user, &request, now).await.unwrap();
    }
    ask_for_places(store, organization, now).await;
    ask_for_assets(store).await;
    keys::ask(store, now).await;
    mail::ask(store, now).await;
    vault::ask(store, now).await;
    api_keys::ask(store, now).await;
    jobs::ask(store, now).await;
    graph::ask(store, now).await;
    cluster::ask(store, now).await;
    audit::ask(store, now).await;
}

async fn ask_for_places(store: &Store, organization: OrganizationId, now: Timestamp) {
    store.sites.find(organization, Id::at(now)).await.unwrap();
    store.units.find(organization, Id::at(now)).await.unwrap();
    for request in requests() {
        store.sites.list(organization, &request).await.unwrap();
    }
    for request in requests() {
        store.units.list(organization, None, &request).await.unwrap();
        let of_site = store.units.list(organization, Some(Id::at(now)), &request);
        of_site.await.unwrap();
    }
}

async fn ask_for_assets(store: &Store) {
    for case in cases() {
        let listing = Listing {
            count: true,
            ..case.listing
        };
        store.inventory.list(&case.scope, &listing).await.unwrap();
    }
}
