//! Credentials and master keys for tests; each call makes new credentials.

use secrecy::SecretString;
use tenon_accounts::Registration;
use tenon_crypto::Ring;
use tenon_kernel::{Created, Id, Keyring, OpenError, Sealed, Version};
use tenon_sql::Store;
use tenon_vault::{Credential, CredentialKind, CredentialName};

use crate::clock::moment;

/// Three master keys, none of which is that of the servers.
pub const KEYS: [&str; 3] = [
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
];

/// A ring of these keys, of which the first seals.
pub fn ring(keys: &[&str]) -> Ring {
    let keys: Vec<SecretString> = keys.iter().map(|key| SecretString::from(*key)).collect();
    let (current, others) = keys.split_first().unwrap();
    Ring::fixed(current, others).unwrap()
}

/// A credential of somebody's organization, to be.
pub fn credential(owner: &Registration, name: &str) -> Credential {
    let now = moment();
    Credential {
        id: Id::at(now),
        organization: owner.organization.id,
        name: CredentialName::parse(name).unwrap(),
        kind: CredentialKind::Secret,
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
        created_by: owner.user.id,
    }
}

/// A secret in the place of a credential.
pub fn sealed(keyring: &impl Keyring, credential: &Credential, secret: &str) -> Sealed {
    let slot = Credential::slot(credential.organization, credential.id);
    keyring.seal(secret.as_bytes(), &slot).unwrap()
}

/// Seals and stores a new credential.
pub async fn stored(store: &Store, keyring: &impl Keyring, owner: &Registration, secret: &str) -> Credential {
    let credential = credential(owner, "Credential");
    let sealed = sealed(keyring, &credential, secret);
    let created = store.credentials.create(&credential, &sealed, None).await.unwrap();
    assert_eq!(created, Created::Now(()));
    credential
}

/// What the secret of a stored credential says, if it opens.
pub async fn opened(store: &Store, keyring: &impl Keyring, credential: &Credential) -> Result<String, OpenError> {
    let (organization, id) = (credential.organization, credential.id);
    let (_, sealed) = store.credentials.sealed(organization, id).await.unwrap().unwrap();
    let opened = keyring.open(&sealed, &Credential::slot(organization, id))?;
    Ok(String::from_utf8(opened.to_vec()).unwrap())
}
