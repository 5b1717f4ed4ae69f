//! Public keys, devices and prekeys, and what is known of their past.

mod claims;
mod devices;
mod prekeys;
mod public_keys;
mod refusals;

use tenon_tests::app::{Person, TestApp};

/// Two people of one organization.
async fn two(app: &TestApp) -> (Person, Person) {
    let ada = app.register("ada").await;
    let bob = ada.take_in(&app.register("bob").await, "viewer").await;
    (ada, bob)
}
