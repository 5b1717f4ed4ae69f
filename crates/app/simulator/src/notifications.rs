use std::ops::Range;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::signer::{KeyError, STRANGER, Signer};
use crate::subscription::{Subscription, written};
use crate::{Forgery, Order};

/// What a post says.
pub struct Batch {
    pub body: Vec<u8>,
    /// Of its items.
    pub ids: Vec<String>,
}

/// Writes the items of one order.
pub struct Writer {
    pub subscription: Subscription,
    pub order: Order,
    /// Tells the changes of this order from those of others.
    pub name: Uuid,
}

/// What one or more items tell of.
struct Change {
    kind: String,
    id: String,
    etag: String,
}

impl Writer {
    /// A post with the items of these numbers.
    pub fn batch(&self, signer: &Signer, numbers: Range<usize>) -> Result<Batch, KeyError> {
        let first_version = numbers.start % 2 == 1;
        let ids: Vec<String> = numbers.clone().map(|_| Uuid::new_v4().to_string()).collect();
        let items = numbers
            .zip(&ids)
            .map(|(number, id)| self.item(number / self.order.tellings, id))
            .collect::<Result<Vec<Value>, KeyError>>()?;
        let mut body = json!({"value": items});
        if self.is_rich() && self.order.forgery != Some(Forgery::NoToken) {
            let Subscription {
                tenant, application_id, ..
            } = &self.subscription;
            let token = signer.token(tenant, application_id, first_version, self.order.forgery)?;
            set(&mut body, "validationTokens", json!([token]));
        }
        let body = body.to_string().into_bytes();
        Ok(Batch { body, ids })
    }

    const fn is_rich(&self) -> bool {
        self.subscription.recipient.is_some() && self.order.lifecycle.is_none()
    }

    fn item(&self, number: usize, id: &str) -> Result<Value, KeyError> {
        let wrong = self.order.forgery;
        let subscription = &self.subscription;
        let stranger = STRANGER.to_owned();
        let unknown = wrong == Some(Forgery::UnknownSubscription);
        let foreign = wrong == Some(Forgery::WrongTenant);
        let mut item = json!({
            "subscriptionId": if unknown { &stranger } else { &subscription.id },
            "subscriptionExpirationDateTime": written(subscription.expiration_date_time),
            "tenantId": if foreign { &stranger } else { &subscription.tenant },
        });
        if !self.order.nameless {
            set(&mut item, "id", json!(id));
        }
        match (&subscription.client_state, wrong) {
            (_, Some(Forgery::WrongClientState)) => set(&mut item, "clientState", json!("guessed")),
            (Some(state), wrong) if wrong != Some(Forgery::NoClientState) => {
                set(&mut item, "clientState", json!(state));
            }
            _ => {}
        }
        match self.order.lifecycle {
            Some(event) => set(&mut item, "lifecycleEvent", json!(event)),
            None => self.describe(&mut item, &self.change(number))?,
        }
        Ok(item)
    }

    /// The same for every item that tells of it.
    fn change(&self, number: usize) -> Change {
        let digest = hex::encode(Sha256::digest(format!("{}/{number}", self.name)));
        let (id, etag) = digest.split_at(32);
        let kind = self.order.change.clone();
        Change {
            kind: kind.unwrap_or_else(|| self.subscription.change(number)),
            id: id.to_owned(),
            etag: format!("W/\"{etag}\""),
        }
    }

    fn describe(&self, item: &mut Value, change: &Change) -> Result<(), KeyError> {
        let path = self.subscription.resource.split('?').next().unwrap_or_default();
        let path = path.trim_matches('/');
        let place = format!("{path}/{}", change.id);
        let kind = kind_of(path);
        set(item, "changeType", json!(change.kind));
        set(item, "resource", json!(place));
        set(
            item,
            "resourceData",
            json!({"@odata.type": kind, "@odata.id": place, "@odata.etag": change.etag, "id": change.id}),
        );
        if let Some(recipient) = &self.subscription.recipient {
            let made_up = || json!({"@odata.type": kind, "id": change.id, "subject": "Größe, 大きさ, 📏"});
            let resource = self.order.data.clone().unwrap_or_else(made_up);
            set(item, "encryptedContent", recipient.seal(&resource, self.order.forgery)?);
        }
        Ok(())
    }
}

/// `#Microsoft.Graph.Message` for `users/1/messages`.
fn kind_of(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let mut letters = last.trim_end_matches('s').chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).collect();
    format!("#Microsoft.Graph.{name}")
}

fn set(value: &mut Value, name: &str, to: Value) {
    if let Some(members) = value.as_object_mut() {
        members.insert(name.to_owned(), to);
    }
}
