//! What is asked of API keys.

use tenon_accounts::{ApiKey, ApiKeyName, KeyPrefix, KeyUse, TokenDigest};
use tenon_kernel::{Id, KeyScope, KeyScopes, Timestamp};

use super::audit::entry;
use super::keys::somebody;
use super::statements::requests;
use crate::Store;

/// Asks everything that can be asked of API keys.
pub async fn ask(store: &Store, now: Timestamp) {
    let registration = somebody(now, "api-keys");
    store.users.register(&registration).await.unwrap();
    let key = ApiKey {
        id: Id::at(now),
        organization: registration.organization.id,
        name: ApiKeyName::parse("Warehouse").unwrap(),
        prefix: KeyPrefix::stored("tenon_abcdef".to_owned()),
        scopes: KeyScopes::from_iter(KeyScope::ALL),
        created_by: registration.user.id,
        created_at: now,
        last_used_at: None,
        expires_at: None,
    };
    let (keys, organization, token) = (&store.api_keys, key.organization, TokenDigest([7; 32]));
    keys.create(&key, &token, None, &entry()).await.unwrap();
    keys.find(organization, key.id).await.unwrap();
    keys.by_token(&token).await.unwrap();
    for request in requests() {
        keys.list(organization, &request).await.unwrap();
    }
    let used = KeyUse {
        organization,
        key: key.id,
        at: now,
    };
    keys.used(&[used]).await.unwrap();
    keys.remove(organization, key.id, &entry()).await.unwrap();
}
