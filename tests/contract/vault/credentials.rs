use tenon_kernel::{ChangeError, CreateError, Created, Expected, Version};
use tenon_tests::accounts::{register, remembered, repeated, reused};
use tenon_tests::audit::entry;
use tenon_tests::clock::moment;
use tenon_tests::for_each_store;
use tenon_tests::race::{race, runner};
use tenon_tests::vault::{KEYS, credential, opened, ring, sealed, stored};
use tenon_vault::{Credential, CredentialKind, CredentialName, RemoveError, ReplaceError, Replacement};

use crate::pages::in_twos;

const FIRST: Expected = Expected::Exactly(Version::FIRST);

fn replacement(credential: &Credential, secret: &str) -> Replacement {
    Replacement {
        name: CredentialName::parse("Replaced").unwrap(),
        kind: credential.kind,
        sealed: sealed(&ring(&KEYS), credential, secret),
        at: moment(),
    }
}

for_each_store!(credentials_read_back_and_are_listed_in_order_of_creation, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let ring = ring(&KEYS);
    let mut made: Vec<Credential> = ["Z", "A", "\"'\\%_ 工場", "B", "C"]
        .map(|name| credential(&ada, name))
        .into();
    made[1].kind = CredentialKind::MicrosoftGraph;
    for credential in made.iter().rev() {
        let secret = sealed(&ring, credential, credential.name.as_str());
        let created = store
            .credentials
            .create(credential, &secret, None, &entry())
            .await
            .unwrap();
        assert_eq!(created, Created::Now(()));
        let kept = store
            .credentials
            .sealed(ada.organization.id, credential.id)
            .await
            .unwrap();
        assert_eq!(kept, Some((credential.kind, secret)));
    }
    stored(&store, &ring, &bob, "Other").await;
    let listed = in_twos(async |request| store.credentials.list(ada.organization.id, &request).await).await;
    assert_eq!(listed, made);
    for credential in made {
        assert_eq!(
            opened(&store, &ring, &credential).await.unwrap(),
            credential.name.as_str()
        );
        let found = store
            .credentials
            .find(ada.organization.id, credential.id)
            .await
            .unwrap();
        assert_eq!(found, Some(credential));
    }
});

for_each_store!(a_credential_is_known_to_its_organization_alone, |store| {
    let (ada, bob) = (register(&store, "ada").await, register(&store, "bob").await);
    let ring = ring(&KEYS);
    let made = stored(&store, &ring, &ada, "secret").await;
    let other = bob.organization.id;
    assert_eq!(store.credentials.find(other, made.id).await.unwrap(), None);
    assert_eq!(store.credentials.sealed(other, made.id).await.unwrap(), None);
    let replacement = replacement(&made, "stolen");
    let replaced = store
        .credentials
        .replace(other, made.id, &replacement, Expected::Any, &entry())
        .await;
    assert!(matches!(replaced, Err(ReplaceError::Change(ChangeError::NotFound))));
    let removed = store.credentials.remove(other, made.id, Expected::Any, &entry()).await;
    assert!(matches!(removed, Err(RemoveError::NotFound)));
    assert_eq!(opened(&store, &ring, &made).await.unwrap(), "secret");
});

for_each_store!(a_remembered_credential_is_stored_once, |store| {
    let ada = register(&store, "ada").await;
    let ring = ring(&KEYS);
    let request = remembered("0");
    let runners = (0..20).map(|number| {
        let (credentials, made) = (store.credentials.clone(), credential(&ada, "Racer"));
        let secret = sealed(&ring, &made, "secret");
        let request = repeated(&request, &number.to_string());
        async move {
            (
                number,
                credentials
                    .create(&made, &secret, Some(&request), &entry())
                    .await
                    .unwrap(),
            )
        }
    });
    let outcomes = race(runners).await;
    let won: Vec<_> = outcomes
        .iter()
        .filter(|(_, created)| *created == Created::Now(()))
        .collect();
    assert_eq!(won.len(), 1);
    let answer = Created::Before(won[0].0.to_string().into_bytes());
    assert_eq!(outcomes.iter().filter(|(_, created)| *created == answer).count(), 19);
    let made = credential(&ada, "Other");
    let secret = sealed(&ring, &made, "secret");
    let other = store
        .credentials
        .create(&made, &secret, Some(&reused(&request)), &entry())
        .await;
    assert!(matches!(other, Err(CreateError::KeyReused)));
    let listed = in_twos(async |request| store.credentials.list(ada.organization.id, &request).await).await;
    assert_eq!(listed.len(), 1);
});

for_each_store!(
    a_replacement_changes_name_and_secret_and_counts_the_version_up,
    |store| {
        let ada = register(&store, "ada").await;
        let (organization, ring) = (ada.organization.id, ring(&KEYS));
        let made = stored(&store, &ring, &ada, "before").await;
        let change = replacement(&made, "after");
        let replaced = store
            .credentials
            .replace(organization, made.id, &change, FIRST, &entry())
            .await
            .unwrap();
        let expected = Credential {
            name: change.name.clone(),
            version: Version::new(2),
            updated_at: change.at,
            ..made.clone()
        };
        assert_eq!(replaced, expected);
        assert_eq!(
            store.credentials.find(organization, made.id).await.unwrap(),
            Some(expected)
        );
        assert_eq!(opened(&store, &ring, &made).await.unwrap(), "after");

        let late = replacement(&made, "late");
        let stale = store
            .credentials
            .replace(organization, made.id, &late, FIRST, &entry())
            .await;
        assert!(matches!(stale, Err(ReplaceError::Change(ChangeError::Stale(version))) if version == replaced.version));
        let mut other_kind = late;
        other_kind.kind = CredentialKind::MicrosoftGraph;
        let refused = store
            .credentials
            .replace(organization, made.id, &other_kind, Expected::Any, &entry())
            .await;
        assert!(matches!(refused, Err(ReplaceError::OtherKind)));
        let stale = store.credentials.remove(organization, made.id, FIRST, &entry()).await;
        assert!(matches!(stale, Err(RemoveError::Stale(version)) if version == replaced.version));
        assert_eq!(opened(&store, &ring, &made).await.unwrap(), "after");
    }
);

for_each_store!(
    a_credential_that_many_replace_and_remove_at_once_is_removed_once,
    |store| {
        let ada = register(&store, "ada").await;
        let organization = ada.organization.id;
        let made = stored(&store, &ring(&KEYS), &ada, "secret").await;
        let runners = (0..20).map(|number| {
            let (credentials, made) = (store.credentials.clone(), made.clone());
            runner(async move {
                if number % 2 == 0 {
                    let change = replacement(&made, "new");
                    let replaced = credentials
                        .replace(organization, made.id, &change, Expected::Any, &entry())
                        .await;
                    let gone = matches!(replaced, Err(ReplaceError::Change(ChangeError::NotFound)));
                    assert!(gone || replaced.is_ok(), "{replaced:?}");
                    return false;
                }
                let removed = credentials.remove(organization, made.id, Expected::Any, &entry()).await;
                assert!(matches!(removed, Ok(()) | Err(RemoveError::NotFound)), "{removed:?}");
                removed.is_ok()
            })
        });
        assert_eq!(race(runners).await.into_iter().filter(|removed| *removed).count(), 1);
        assert_eq!(store.credentials.sealed(organization, made.id).await.unwrap(), None);
    }
);

for_each_store!(credentials_go_with_their_organization, |store| {
    let ada = register(&store, "ada").await;
    let made = stored(&store, &ring(&KEYS), &ada, "secret").await;
    let organizations = &store.organizations;
    let deleted = organizations
        .delete(made.organization, Expected::Any, moment(), moment(), &entry())
        .await;
    deleted.unwrap();
    assert_eq!(
        store.credentials.sealed(made.organization, made.id).await.unwrap(),
        None
    );
    assert!(store.wrappings.count().await.unwrap().is_empty());
});
