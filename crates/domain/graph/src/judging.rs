//! Whether a notification is what it says: Graph's, for a subscription of ours, and said for the first time.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use tenon_kernel::{GraphChange, GraphSubscriptionId};

use crate::{ClientStateDigest, Item, Known, Marks, Quarantine, Verified};

/// The subscriptions that a batch speaks of.
pub(crate) struct Facts {
    by_remote: HashMap<String, Known>,
    by_state: HashMap<ClientStateDigest, Known>,
}

/// As whom an organization signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) client: String,
    pub(crate) tenant: String,
}

impl Facts {
    pub(crate) fn new(known: Vec<Known>) -> Self {
        let mut facts = Self {
            by_remote: HashMap::new(),
            by_state: HashMap::new(),
        };
        for known in known {
            match &known.remote {
                Some(remote) => facts.by_remote.insert(remote.0.clone(), known),
                None => facts.by_state.insert(known.client_state, known),
            };
        }
        facts
    }

    /// The subscription of an item, if its client state is right.
    pub(crate) fn subscription(&self, item: &Item) -> Result<&Known, Quarantine> {
        let state = ClientStateDigest::of(&item.client_state);
        if item.subscription.is_empty() {
            return Err(Quarantine::UnknownSubscription);
        }
        let Some(known) = self.by_remote.get(&item.subscription) else {
            // One that Graph is just creating: it tells of changes before it has said under which id.
            return self.by_state.get(&state).ok_or(Quarantine::UnknownSubscription);
        };
        if known.client_state.is(&state) {
            Ok(known)
        } else {
            Err(Quarantine::ClientState)
        }
    }

    /// Takes `known` for the subscription of an item whose id at Graph is no longer anybody's.
    pub(crate) fn stand_in(&mut self, item: &Item, known: Known) {
        if !item.subscription.is_empty() {
            self.by_remote.entry(item.subscription.clone()).or_insert(known);
        }
    }

    /// Whose it would be, whether the client state is right or not.
    pub(crate) fn owner(&self, item: &Item) -> Option<&Known> {
        self.by_remote.get(&item.subscription)
    }
}

/// Whether the tokens vouch for an item of this directory to this app.
pub(crate) fn vouched(verified: &[Verified], identity: &Identity, item: &Item) -> Result<(), Quarantine> {
    let same = str::eq_ignore_ascii_case;
    let of_tenant = |token: &&Verified| same(&token.tenant, &item.tenant);
    if !verified
        .iter()
        .filter(of_tenant)
        .any(|token| same(&token.client, &identity.client))
    {
        return Err(Quarantine::Tenant);
    }
    // A domain name says which directory it is only to Microsoft.
    let is_id = uuid::Uuid::try_parse(&identity.tenant).is_ok();
    if is_id && !same(&identity.tenant, &item.tenant) {
        return Err(Quarantine::Tenant);
    }
    Ok(())
}

/// What an item has in common with those that say the same. An edit has none when nothing tells it from the next edit of the resource.
pub(crate) fn marks(subscription: GraphSubscriptionId, item: &Item) -> Marks {
    let change = item.change.as_str();
    let edit = match (&item.etag, &item.resource_id, item.change) {
        (Some(etag), ..) => Some(["etag", item.resource.as_str(), change, etag.as_str()]),
        // What has neither name nor version comes into being and goes but once, as far as can be told.
        (None, Some(id), GraphChange::Created | GraphChange::Deleted) if item.id.is_none() => {
            Some(["once", item.resource.as_str(), change, id.as_str()])
        }
        (None, ..) => None,
    };
    Marks {
        name: item.id.as_ref().map(|id| digest(subscription, &["id", id])),
        edit: edit.map(|parts| digest(subscription, &parts)),
    }
}

fn digest(subscription: GraphSubscriptionId, parts: &[&str]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(subscription.as_bytes());
    for part in parts {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use tenon_kernel::{Id, Timestamp};

    use super::*;
    use crate::RemoteId;

    fn id<T>(number: i64) -> Id<T> {
        Id::at(Timestamp::from_micros(number))
    }

    fn item(subscription: &str, client_state: &str) -> Item {
        Item {
            id: None,
            subscription: subscription.to_owned(),
            client_state: client_state.to_owned(),
            change: GraphChange::Updated,
            resource: "users/1".to_owned(),
            etag: Some("W/1".to_owned()),
            resource_id: Some("1".to_owned()),
            tenant: "T".to_owned(),
            content: None,
        }
    }

    fn known(number: i64, remote: Option<&str>, state: &str) -> Known {
        Known {
            id: id(number),
            organization: id(1),
            credential: id(2),
            remote: remote.map(|id| RemoteId(id.to_owned())),
            client_state: ClientStateDigest::of(state),
        }
    }

    #[test]
    fn a_notification_is_believed_for_the_subscription_whose_client_state_it_has() {
        let facts = Facts::new(vec![known(3, Some("a"), "state"), known(4, None, "new")]);
        let found = |subscription, state| facts.subscription(&item(subscription, state)).map(|known| known.id);
        assert_eq!(found("a", "state"), Ok(facts.by_remote["a"].id));
        assert_eq!(found("a", "new"), Err(Quarantine::ClientState));
        assert_eq!(found("a", ""), Err(Quarantine::ClientState));
        assert_eq!(found("b", "state"), Err(Quarantine::UnknownSubscription));
        assert_eq!(found("", "new"), Err(Quarantine::UnknownSubscription));
        assert!(found("not told yet", "new").is_ok());
    }

    #[test]
    fn a_subscription_stands_in_where_nobody_has_the_id_at_graph() {
        let mut facts = Facts::new(vec![known(3, Some("a"), "state")]);
        let stored = known(4, Some("b"), "before");
        facts.stand_in(&item("a", ""), stored.clone());
        facts.stand_in(&item("", ""), stored.clone());
        facts.stand_in(&item("gone", ""), stored.clone());
        let found = |subscription, state| facts.subscription(&item(subscription, state)).map(|known| known.id);
        assert_eq!(found("a", "before"), Err(Quarantine::ClientState));
        assert_eq!(found("", "before"), Err(Quarantine::UnknownSubscription));
        assert_eq!(found("gone", "before"), Ok(stored.id));
        assert_eq!(found("gone", "other"), Err(Quarantine::ClientState));
    }

    #[test]
    fn one_edit_is_one_change_and_another_edit_is_another() {
        let subscription = id(3);
        let first = item("a", "s");
        let edit = |item: &Item| marks(subscription, item).edit;
        assert!(edit(&first).is_some());
        assert_eq!(marks(subscription, &first).name, None);
        let with = |change: fn(&mut Item)| {
            let mut other = first.clone();
            change(&mut other);
            other
        };
        for other in [
            with(|item| item.etag = Some("W/2".to_owned())),
            with(|item| item.resource = "users/2".to_owned()),
            with(|item| item.change = GraphChange::Created),
        ] {
            assert_ne!(edit(&other), edit(&first));
        }
        assert_ne!(marks(id(4), &first).edit, edit(&first));
        let named = with(|item| item.id = Some("n".to_owned()));
        assert_eq!(edit(&named), edit(&first));
        let named_later = with(|item| {
            item.id = Some("n".to_owned());
            item.etag = None;
        });
        assert_eq!(marks(subscription, &named).name, marks(subscription, &named_later).name);
        assert_eq!(marks(subscription, &with(|item| item.etag = None)), Marks::default());
    }

    #[test]
    fn a_token_vouches_for_its_own_directory_and_app() {
        let verified = [Verified {
            client: "app".to_owned(),
            tenant: "t".to_owned(),
        }];
        let identity = |client: &str, tenant: &str| Identity {
            client: client.to_owned(),
            tenant: tenant.to_owned(),
        };
        let item = item("a", "s");
        assert_eq!(vouched(&verified, &identity("APP", "contoso.example"), &item), Ok(()));
        assert_eq!(
            vouched(&verified, &identity("other", "contoso.example"), &item),
            Err(Quarantine::Tenant)
        );
        let elsewhere = "0198c0de-0000-7000-8000-000000000000";
        assert_eq!(
            vouched(&verified, &identity("app", elsewhere), &item),
            Err(Quarantine::Tenant)
        );
        assert_eq!(vouched(&[], &identity("app", "x"), &item), Err(Quarantine::Tenant));
    }
}
