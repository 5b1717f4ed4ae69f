use parking_lot::Mutex;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::rich::Recipient;

/// A subscription as somebody made it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    pub id: String,
    pub application_id: String,
    pub change_type: String,
    pub notification_url: String,
    pub lifecycle_notification_url: Option<String>,
    pub resource: String,
    pub client_state: Option<String>,
    #[serde(serialize_with = "rfc3339")]
    pub expiration_date_time: OffsetDateTime,
    pub include_resource_data: bool,
    pub encryption_certificate_id: Option<String>,
    #[serde(skip)]
    pub(crate) tenant: String,
    #[serde(skip)]
    pub(crate) recipient: Option<Recipient>,
}

impl Subscription {
    /// What changes it asks for, in a rotation.
    pub fn change(&self, number: usize) -> String {
        let wanted: Vec<&str> = self.change_type.split(',').map(str::trim).collect();
        let chosen = number.checked_rem(wanted.len()).and_then(|place| wanted.get(place));
        chosen.copied().unwrap_or("updated").to_owned()
    }

    fn lives(&self) -> bool {
        OffsetDateTime::now_utc() < self.expiration_date_time
    }
}

/// A time as Graph writes it.
pub(crate) fn written(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

fn rfc3339<S: serde::Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&written(*time))
}

/// All that live, the oldest first.
#[derive(Default)]
pub struct Subscriptions(Mutex<Vec<Subscription>>);

impl Subscriptions {
    pub fn all(&self) -> Vec<Subscription> {
        let mut all = self.0.lock();
        all.retain(Subscription::lives);
        all.clone()
    }

    pub fn newest(&self) -> Option<Subscription> {
        self.all().pop()
    }

    pub fn find(&self, id: &str) -> Option<Subscription> {
        self.all().into_iter().find(|subscription| subscription.id == id)
    }

    /// The one with this id, if it is this app's.
    pub fn of(&self, application: &str, id: &str) -> Option<Subscription> {
        self.find(id)
            .filter(|subscription| subscription.application_id == application)
    }

    /// Adds it, or puts it in the place of the one with its id.
    pub fn put(&self, subscription: Subscription) {
        let mut all = self.0.lock();
        match all.iter_mut().find(|other| other.id == subscription.id) {
            Some(place) => *place = subscription,
            None => all.push(subscription),
        }
    }

    pub fn remove(&self, id: &str) -> Option<Subscription> {
        let found = self.find(id)?;
        self.0.lock().retain(|other| other.id != id);
        Some(found)
    }
}
