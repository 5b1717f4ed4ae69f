use diesel::prelude::*;
use tenon_kernel::{OrganizationId, Timestamp, UserId, Version};
use tenon_messages::DeviceId;
use tenon_messages::keys::{
    Change, ChangePosition, Device, DeviceName, IdentityKey, KeyLogLine, KeyVersion, LineNumber, LogEntry, LogKind,
    NewDevice, Prekey, PrekeyId, PublicKey, Signature, SignedKey,
};

use super::{device_id, device_number, digest, sound};
use crate::schema::{devices, key_changes, key_log, prekeys, public_keys};
use crate::types::{At, Key};

#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(treat_none_as_default_value = false, table_name = public_keys)]
pub struct PublicKeyRow {
    user_id: Key<UserId>,
    key: Vec<u8>,
    version: i64,
    changed_at: At,
}

impl From<&KeyVersion> for PublicKeyRow {
    fn from(key: &KeyVersion) -> Self {
        Self {
            user_id: Key(key.user),
            key: key.key.as_bytes().to_vec(),
            version: key.version.get(),
            changed_at: At(key.changed_at),
        }
    }
}

impl PublicKeyRow {
    pub fn into_key(self) -> QueryResult<KeyVersion> {
        Ok(KeyVersion {
            user: self.user_id.0,
            key: key(&self.key)?,
            version: Version::new(self.version),
            changed_at: self.changed_at.0,
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = key_log)]
pub struct KeyLogRow {
    user_id: Key<UserId>,
    number: i64,
    kind: String,
    device: i32,
    version: i64,
    keys: Vec<u8>,
    at: At,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

impl KeyLogRow {
    pub fn new(user: UserId, line: &KeyLogLine) -> QueryResult<Self> {
        Ok(Self {
            user_id: Key(user),
            number: sound(line.number.0.try_into())?,
            kind: line.entry.kind.as_str().to_owned(),
            device: device_number(line.entry.device),
            version: line.entry.version.get(),
            keys: line.entry.keys.concat(),
            at: At(line.entry.at),
            previous: line.previous.to_vec(),
            hash: line.hash.to_vec(),
        })
    }

    pub fn into_line(self) -> QueryResult<KeyLogLine> {
        let entry = LogEntry {
            kind: sound(self.kind.parse::<LogKind>())?,
            device: device_id(self.device)?,
            version: Version::new(self.version),
            keys: self.keys.chunks(32).map(digest).collect::<QueryResult<_>>()?,
            at: self.at.0,
        };
        Ok(KeyLogLine {
            number: LineNumber(sound(self.number.try_into())?),
            entry,
            previous: digest(&self.previous)?,
            hash: digest(&self.hash)?,
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = key_changes)]
pub struct KeyChangeRow {
    organization_id: Key<OrganizationId>,
    position: i64,
    user_id: Key<UserId>,
    kind: String,
    device: i32,
    version: i64,
    at: At,
}

impl KeyChangeRow {
    pub fn new(organization: OrganizationId, position: i64, user: UserId, entry: &LogEntry) -> QueryResult<Self> {
        Ok(Self {
            organization_id: Key(organization),
            position,
            user_id: Key(user),
            kind: entry.kind.as_str().to_owned(),
            device: device_number(entry.device),
            version: entry.version.get(),
            at: At(entry.at),
        })
    }

    pub fn into_change(self) -> QueryResult<Change> {
        Ok(Change {
            position: ChangePosition(sound(self.position.try_into())?),
            user: self.user_id.0,
            kind: sound(self.kind.parse::<LogKind>())?,
            device: device_id(self.device)?,
            version: Version::new(self.version),
            at: self.at.0,
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = devices)]
pub struct DeviceRow {
    pub user_id: Key<UserId>,
    pub device: i32,
    name: Option<String>,
    identity_key: Vec<u8>,
    pub agreement_key: Vec<u8>,
    agreement_signature: Vec<u8>,
    signed_id: i64,
    signed_key: Vec<u8>,
    signed_signature: Vec<u8>,
    last_resort_id: i64,
    last_resort_key: Vec<u8>,
    last_resort_signature: Vec<u8>,
    pub last_resort_used_at: Option<At>,
    pub stocked: i64,
    created_at: At,
    pub removed_at: Option<At>,
}

impl DeviceRow {
    pub fn new(user: UserId, id: DeviceId, device: &NewDevice, at: Timestamp) -> QueryResult<Self> {
        let (signed, last_resort) = (&device.signed_prekey, &device.last_resort_prekey);
        Ok(Self {
            user_id: Key(user),
            device: device_number(id),
            name: device.name.as_ref().map(|name| name.as_str().to_owned()),
            identity_key: device.identity_key.as_bytes().to_vec(),
            agreement_key: device.agreement_key.key.as_bytes().to_vec(),
            agreement_signature: device.agreement_key.signature.as_bytes().to_vec(),
            signed_id: signed.id.get().into(),
            signed_key: signed.key.as_bytes().to_vec(),
            signed_signature: signed.signature.as_bytes().to_vec(),
            last_resort_id: last_resort.id.get().into(),
            last_resort_key: last_resort.key.as_bytes().to_vec(),
            last_resort_signature: last_resort.signature.as_bytes().to_vec(),
            last_resort_used_at: None,
            stocked: 0,
            created_at: At(at),
            removed_at: None,
        })
    }

    pub fn name(&self) -> QueryResult<Option<DeviceName>> {
        sound(self.name.as_deref().map(DeviceName::parse).transpose())
    }

    pub fn signed(&self) -> QueryResult<Prekey> {
        prekey(self.signed_id, &self.signed_key, &self.signed_signature)
    }

    pub fn last_resort(&self) -> QueryResult<Prekey> {
        prekey(self.last_resort_id, &self.last_resort_key, &self.last_resort_signature)
    }

    pub fn device(&self) -> QueryResult<Device> {
        Ok(Device {
            user: self.user_id.0,
            id: device_id(self.device)?,
            identity_key: IdentityKey::new(digest(&self.identity_key)?),
            agreement_key: SignedKey {
                key: key(&self.agreement_key)?,
                signature: signature(&self.agreement_signature)?,
            },
            signed_prekey: self.signed()?,
            created_at: self.created_at.0,
        })
    }
}

/// A one-time prekey, without when it was claimed. It has no defaults, so that an upload is one statement on both databases.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = prekeys, treat_none_as_default_value = false)]
pub struct PrekeyRow {
    user_id: Key<UserId>,
    device: i32,
    pub id: i64,
    key: Vec<u8>,
    signature: Vec<u8>,
    position: i64,
}

impl PrekeyRow {
    pub fn new(user: UserId, device: i32, prekey: &Prekey, position: i64) -> Self {
        Self {
            user_id: Key(user),
            device,
            id: prekey.id.get().into(),
            key: prekey.key.as_bytes().to_vec(),
            signature: prekey.signature.as_bytes().to_vec(),
            position,
        }
    }

    pub fn prekey(&self) -> QueryResult<Prekey> {
        prekey(self.id, &self.key, &self.signature)
    }
}

fn prekey(id: i64, bytes: &[u8], signed: &[u8]) -> QueryResult<Prekey> {
    Ok(Prekey {
        id: sound(PrekeyId::new(sound(id.try_into())?))?,
        key: key(bytes)?,
        signature: signature(signed)?,
    })
}

fn key(bytes: &[u8]) -> QueryResult<PublicKey> {
    sound(PublicKey::new(digest(bytes)?))
}

fn signature(bytes: &[u8]) -> QueryResult<Signature> {
    sound(bytes.try_into()).map(Signature::new)
}
