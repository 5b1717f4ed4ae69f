//! Credentials and master keys for tests; each call makes new credentials.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::SystemTime;

use secrecy::SecretString;
use tenon_accounts::Registration;
use tenon_crypto::{KeyFile, Ring};
use tenon_kernel::{Created, Id, Keyring, OpenError, Sealed, Version};
use tenon_sql::Store;
use tenon_vault::{Credential, CredentialKind, CredentialName};

use crate::audit::entry;
use crate::clock::{DAY, moment};

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

/// A file of keys in a folder, the first of which seals, that its owner alone can read.
pub fn key_file(folder: &Path, keys: &[&str]) -> KeyFile {
    let path = folder.join("encryption.keys");
    std::fs::write(&path, keys.join("\n")).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    KeyFile::new(path)
}

/// Makes a file look as if it had been changed two days ago.
pub fn age(file: &KeyFile) {
    let file = File::options().write(true).open(file.path()).unwrap();
    file.set_modified(SystemTime::now() - 2 * DAY).unwrap();
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
    let created = store
        .credentials
        .create(&credential, &sealed, None, &entry())
        .await
        .unwrap();
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
