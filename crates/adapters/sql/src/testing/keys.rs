//! What is asked of keys, by somebody who has some: for anybody else most of it ends with the first statement.

use std::time::Duration;

use tenon_accounts::{
    Device, DisplayName, Email, Organization, OrganizationName, PasswordHash, Registration, Session, TokenDigest, User,
};
use tenon_kernel::{Id, Limit, Timestamp, Version};
use tenon_messages::DeviceId;
use tenon_messages::keys::{
    ChangePosition, IdentityKey, LineNumber, NewDevice, Prekey, PrekeyId, PublicKey, Signature, SignedKey, Upload,
};

use crate::Store;

/// Asks everything that can be asked of keys.
pub async fn ask(store: &Store, now: Timestamp) {
    let registration = somebody(now, "keys");
    let (user, organization) = (registration.user.id, registration.organization.id);
    store.users.register(&registration).await.unwrap();
    let keys = &store.public_keys;
    for key in [1, 2] {
        keys.publish(user, &PublicKey::new([6 + key; 32]).unwrap(), now)
            .await
            .unwrap();
    }
    keys.own(user).await.unwrap();
    keys.find(organization, user).await.unwrap();
    let limit = Limit::default();
    keys.lines(organization, user, LineNumber(1), limit).await.unwrap();
    keys.changes(organization, ChangePosition(1), limit).await.unwrap();

    let devices = &store.devices;
    let one = DeviceId::new(1).unwrap();
    devices.register(user, &device(3), now).await.unwrap();
    devices.register(user, &device(3), now).await.unwrap();
    let upload = Upload {
        one_time: vec![prekey(3), prekey(4)],
        signed: Some(prekey(5)),
        last_resort: Some(prekey(6)),
    };
    devices.stock(user, one, &upload).await.unwrap();
    devices.own(user, None).await.unwrap();
    devices.own(user, Some(one)).await.unwrap();
    devices.supply(user, one).await.unwrap();
    devices.of_member(organization, user).await.unwrap();
    devices.has_member(organization, user).await.unwrap();
    for _ in 0..5 {
        devices.claim(organization, user, None, now).await.unwrap();
    }
    devices.remove(user, one, now).await.unwrap();
}

fn prekey(id: u8) -> Prekey {
    Prekey {
        id: PrekeyId::new(id.into()).unwrap(),
        key: PublicKey::new([10 + id; 32]).unwrap(),
        signature: Signature::new([0; 64]),
    }
}

pub fn device(identity: u8) -> NewDevice {
    NewDevice {
        name: None,
        identity_key: IdentityKey::new([identity; 32]),
        agreement_key: SignedKey {
            key: PublicKey::new([4; 32]).unwrap(),
            signature: Signature::new([0; 64]),
        },
        signed_prekey: prekey(0),
        one_time_prekeys: vec![prekey(1), prekey(2)],
        last_resort_prekey: prekey(9),
    }
}

pub fn somebody(now: Timestamp, name: &str) -> Registration {
    let user = User {
        id: Id::at(now),
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        display_name: DisplayName::parse("Keys").unwrap(),
        disabled_at: None,
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    };
    let organization = Organization {
        id: Id::at(now),
        name: OrganizationName::parse("Keys").unwrap(),
        version: Version::FIRST,
        created_at: now,
        updated_at: now,
    };
    let later = now.plus(Duration::from_secs(60));
    let session = Session {
        id: Id::at(now),
        user: user.id,
        organization: organization.id,
        name: None,
        device: Device::new(None, None),
        version: Version::FIRST,
        created_at: now,
        last_used_at: now,
        expires_at: later,
        ends_at: later,
    };
    Registration {
        entries: Vec::new(),
        user,
        password: PasswordHash::new("$argon2id$".to_owned()),
        organization,
        session,
        refresh: TokenDigest(digest(name)),
    }
}

/// Of nobody else.
fn digest(name: &str) -> [u8; 32] {
    let mut digest = [9; 32];
    digest.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    digest
}
