//! What is asked of credentials, and of all that is sealed.

use tenon_kernel::{Expected, Id, KeyId, Limit, PageRequest, Sealed, Timestamp};
use tenon_vault::{Credential, CredentialKind, CredentialName, Replacement, Rewrapped};

use super::audit::entry;
use super::keys::somebody;
use crate::Store;

/// Asks everything that can be asked of credentials.
pub async fn ask(store: &Store, now: Timestamp) {
    let registration = somebody(now, "vault");
    store.users.register(&registration).await.unwrap();
    let credential = Credential {
        id: Id::at(now),
        organization: registration.organization.id,
        name: CredentialName::parse("Mail").unwrap(),
        kind: CredentialKind::Secret,
        version: tenon_kernel::Version::FIRST,
        created_at: now,
        updated_at: now,
        created_by: registration.user.id,
    };
    let (organization, id) = (credential.organization, credential.id);
    let credentials = &store.credentials;
    credentials
        .create(&credential, &sealed("a"), None, &entry())
        .await
        .unwrap();
    credentials.find(organization, id).await.unwrap();
    credentials.sealed(organization, id).await.unwrap();
    for after in [None, Some(id)] {
        let request = PageRequest {
            limit: Limit::default(),
            after,
            count: true,
        };
        credentials.list(organization, &request).await.unwrap();
    }
    let replacement = Replacement {
        name: credential.name,
        kind: credential.kind,
        sealed: sealed("b"),
        at: now,
    };
    credentials
        .replace(organization, id, &replacement, Expected::Any, &entry())
        .await
        .unwrap();
    ask_for_wrappings(store).await;
    let entry = entry();
    let removed = credentials.remove(organization, id, Expected::Any, &entry);
    removed.await.unwrap();
}

/// Asks everything that can be asked of what is sealed under which key.
async fn ask_for_wrappings(store: &Store) {
    let wrappings = &store.wrappings;
    wrappings.count().await.unwrap();
    let before = wrappings.under(&sealed("b").key, None, 9).await.unwrap().remove(0);
    wrappings.under(&sealed("b").key, Some(&before.slot), 9).await.unwrap();
    let Sealed { key, wrapped, .. } = sealed("c");
    let rewrapped = Rewrapped { before, key, wrapped };
    wrappings.rewrap(&[rewrapped]).await.unwrap();
}

fn sealed(key: &str) -> Sealed {
    Sealed {
        key: KeyId(key.repeat(16)),
        wrapped: vec![0; 60],
        text: vec![0; 28],
    }
}
