mod deletion;
mod naming;

use tenon_accounts::OrganizationName;
use tenon_kernel::{ChangeError, CreateError, Created, Expected, Id, Role, Version};
use tenon_tests::accounts::{organization, register, remembered, repeated, reused};
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::race;

use crate::pages::in_twos;

fn name(text: &str) -> OrganizationName {
    OrganizationName::parse(text).unwrap()
}

for_each_store!(an_organization_is_stored_with_its_owner, |store| {
    let ada = register(&store, "ada").await;
    let second = organization("Second \"O'Neill\" \\ 会社 🏭 %_");
    let created = store
        .organizations
        .create(&second, ada.user.id, None, &entry())
        .await
        .unwrap();
    assert_eq!(created, Created::Now(()));
    assert_eq!(
        store.organizations.find(second.id).await.unwrap().as_ref(),
        Some(&second)
    );
    let owner = store.members.find(second.id, ada.user.id).await.unwrap().unwrap();
    assert_eq!((owner.role, owner.version), (Role::Owner, Version::FIRST));
    assert_eq!(
        (owner.created_at, owner.updated_at),
        (second.created_at, second.created_at)
    );
    assert_eq!(store.organizations.find(Id::at(moment())).await.unwrap(), None);
});

for_each_store!(
    an_organization_whose_owner_is_nobody_is_not_stored_nor_remembered,
    |store| {
        let ada = register(&store, "ada").await;
        let (second, request) = (organization("Second"), remembered("answer"));
        let refused = store
            .organizations
            .create(&second, Id::at(moment()), Some(&request), &entry())
            .await;
        assert!(matches!(refused, Err(CreateError::Unavailable(_))));
        assert_eq!(store.organizations.find(second.id).await.unwrap(), None);

        let created = store
            .organizations
            .create(&second, ada.user.id, Some(&request), &entry())
            .await
            .unwrap();
        assert_eq!(created, Created::Now(()));
    }
);

for_each_store!(a_remembered_creation_gives_the_kept_answer, |store| {
    let ada = register(&store, "ada").await;
    let (second, request) = (organization("Second"), remembered("{\"kept\":\"\u{0}\u{fffd}\"}"));
    let created = store
        .organizations
        .create(&second, ada.user.id, Some(&request), &entry())
        .await
        .unwrap();
    assert_eq!(created, Created::Now(()));
    let (third, again) = (organization("Third"), repeated(&request, "made for the third"));
    let repeated = store
        .organizations
        .create(&third, ada.user.id, Some(&again), &entry())
        .await
        .unwrap();
    assert_eq!(repeated, Created::Before(request.answer.clone()));
    let other = store
        .organizations
        .create(&third, ada.user.id, Some(&reused(&request)), &entry())
        .await;
    assert!(matches!(other, Err(CreateError::KeyReused)));
    assert_eq!(store.organizations.find(third.id).await.unwrap(), None);
});

for_each_store!(of_equal_creations_that_race_one_is_stored, |store| {
    let ada = register(&store, "ada").await;
    let request = remembered("0");
    let runners = (0..20).map(|number| {
        let (organizations, made) = (store.organizations.clone(), organization(&format!("Racer {number}")));
        let request = repeated(&request, &number.to_string());
        async move {
            (
                number,
                organizations
                    .create(&made, ada.user.id, Some(&request), &entry())
                    .await
                    .unwrap(),
            )
        }
    });
    let outcomes = race(runners).await;
    let stored: Vec<_> = outcomes
        .iter()
        .filter(|(_, created)| *created == Created::Now(()))
        .collect();
    assert_eq!(stored.len(), 1);
    let answer = Created::Before(stored[0].0.to_string().into_bytes());
    assert_eq!(outcomes.iter().filter(|(_, created)| *created == answer).count(), 19);
    let all = in_twos(async |request| store.organizations.list(&request).await).await;
    assert_eq!(all.len(), 2);
});

for_each_store!(organizations_are_listed_in_order_of_creation, |store| {
    let ada = register(&store, "ada").await;
    let mut made = vec![ada.organization.clone()];
    for name in ["Z", "A", "M", "B"] {
        let organization = organization(name);
        made.push(organization);
    }
    // The order in which they are stored does not matter.
    for organization in made[1..].iter().rev() {
        store
            .organizations
            .create(organization, ada.user.id, None, &entry())
            .await
            .unwrap();
    }
    let listed = in_twos(async |request| store.organizations.list(&request).await).await;
    assert_eq!(listed, made);
});

for_each_store!(a_new_name_of_an_organization_counts_its_version_up, |store| {
    let ada = register(&store, "ada").await.organization;
    let renaming = entry();
    let at = renaming.id.time();
    let first = Expected::Exactly(Version::FIRST);
    let renamed = store
        .organizations
        .rename(ada.id, &name("New"), first, &renaming)
        .await
        .unwrap();
    assert_eq!(
        (&renamed.name, renamed.version, renamed.updated_at),
        (&name("New"), Version::new(2), at)
    );
    assert_eq!(store.organizations.find(ada.id).await.unwrap(), Some(renamed.clone()));

    let stale = store
        .organizations
        .rename(ada.id, &name("Newer"), first, &entry())
        .await;
    assert!(matches!(stale, Err(ChangeError::Stale(version)) if version == renamed.version));
    assert_eq!(store.organizations.find(ada.id).await.unwrap(), Some(renamed));
    let any = store
        .organizations
        .rename(ada.id, &name("Newest"), Expected::Any, &entry())
        .await
        .unwrap();
    assert_eq!(any.version, Version::new(3));
    let nobody = store
        .organizations
        .rename(Id::at(at), &name("X"), Expected::Any, &renaming)
        .await;
    assert!(matches!(nobody, Err(ChangeError::NotFound)));
});

for_each_store!(names_for_any_version_of_an_organization_are_all_taken, |store| {
    let ada = register(&store, "ada").await.organization;
    let runners = (0..20).map(|number| {
        let organizations = store.organizations.clone();
        let name = name(&format!("Name {number}"));
        async move { organizations.rename(ada.id, &name, Expected::Any, &entry()).await }
    });
    assert!(race(runners).await.into_iter().all(|result| result.is_ok()));
    let found = store.organizations.find(ada.id).await.unwrap().unwrap();
    assert_eq!(found.version, Version::new(21));
});
