//! A role that changes while its holder refreshes as fast as they can.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tenon_tests::app::{Client, Person, TestApp};
use tenon_tests::for_each_setup;

use tenon_tests::waiting::until;

const CHANGES: usize = 10;
const DEVICES: usize = 4;
const LIMIT: Duration = Duration::from_secs(5);

/// What is under way while a role changes.
#[derive(Default)]
struct Course {
    refreshes: AtomicUsize,
    changed: AtomicBool,
}

/// Refreshes until told that the role has changed, and once more; returns the holders of every token.
async fn refresh(mut person: Person, app: Client, course: Arc<Course>) -> Vec<(String, Client)> {
    let mut tokens = Vec::new();
    loop {
        let last = course.changed.load(Ordering::SeqCst);
        let answer = app.refresh_with(&person.refresh_token).await.expect(200).json();
        person = Person::of(&app, &answer);
        course.refreshes.fetch_add(1, Ordering::SeqCst);
        tokens.push((answer["role"].as_str().unwrap().to_owned(), Client::clone(&person)));
        if last {
            return tokens;
        }
    }
}

/// Changes the role once, and returns who holds a token with the role before.
async fn change(ada: &Person, guest: &Person, there: &TestApp, before: &str, after: &str) -> Vec<Client> {
    let course = Arc::new(Course::default());
    let mut refreshing = Vec::new();
    for _ in 0..DEVICES {
        let device = guest.sign_in().await.switched_to(&ada.organization).await;
        let app = device.without_token().at(there);
        refreshing.push(tokio::spawn(refresh(device, app, Arc::clone(&course))));
    }
    until("they refresh", LIMIT, async || {
        course.refreshes.load(Ordering::SeqCst) >= DEVICES
    })
    .await;
    let etag = ada.member(&ada.organization, &guest.id).await.etag();
    ada.change_role(&ada.organization, &guest.id, &etag, after)
        .await
        .expect(200);
    course.changed.store(true, Ordering::SeqCst);
    let mut holders = Vec::new();
    for tokens in refreshing {
        let tokens = tokens.await.unwrap();
        let (role, _) = tokens.last().unwrap();
        assert_eq!(role, after, "a refresh after the change still gives the role before");
        let before = tokens.into_iter().filter(|(role, _)| role == before);
        holders.extend(before.map(|(_, holder)| holder));
    }
    holders
}

for_each_setup!(no_token_with_the_role_before_outlives_a_change_of_the_role, |setup| {
    let here = setup.start().await;
    let there = here.another(&[]).await;
    let ada = here.register("ada").await;
    let guest = ada.take_in(&here.register("bea").await, "admin").await;
    let (mut before, mut after) = ("admin", "viewer");
    let mut holders = Vec::new();
    for _ in 0..CHANGES {
        holders.append(&mut change(&ada, &guest, &there, before, after).await);
        std::mem::swap(&mut before, &mut after);
    }
    assert!(holders.len() > CHANGES * DEVICES, "nobody refreshed meanwhile");
    for holder in &holders {
        until("refused", LIMIT, async || holder.me().await.status == 401).await;
    }
    until("good", LIMIT, async || guest.refreshed().await.me().await.status == 200).await;
});
