use tenon_accounts::OrganizationName;
use tenon_audit::Chain;
use tenon_kernel::{About, Expected, Id, Verb, Version};
use tenon_tests::accounts::register;
use tenon_tests::audit::{entries, entry_of};
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;

use crate::pages::everything;

for_each_store!(a_new_name_of_an_organization_is_told_of_with_the_old_one, |store| {
    let ada = register(&store, "ada").await.organization;
    let entry = entry_of(ada.id);
    let name = OrganizationName::parse("New").unwrap();
    let first = Expected::Exactly(Version::FIRST);
    let organizations = &store.organizations;
    organizations.rename(ada.id, &name, first, &entry).await.unwrap();
    organizations
        .rename(ada.id, &name, first, &entry_of(ada.id))
        .await
        .unwrap_err();
    let unknown = Id::at(moment());
    let refused = organizations
        .rename(unknown, &name, Expected::Any, &entry_of(unknown))
        .await;
    refused.unwrap_err();

    let [told] = &entries(&*store.ledger, Chain::Organization(ada.id)).await[..] else {
        panic!("one change is told of")
    };
    let details: serde_json::Value = serde_json::from_str(&told.details).unwrap();
    assert_eq!(details, serde_json::json!({ "from": ada.name.as_str(), "to": "New" }));
    assert!(entries(&*store.ledger, Chain::Organization(unknown)).await.is_empty());

    let activities = store.activities.list(ada.id, &everything()).await.unwrap().items;
    let [activity] = &activities[..] else {
        panic!("one activity is told of")
    };
    let version = Version::new(2);
    assert_eq!(
        (activity.about, activity.verb),
        (About::Organization { version }, Verb::Updated)
    );
    assert_eq!((activity.by, activity.id.time()), (None, entry.id.time()));
});
