use diesel::prelude::*;
use diesel::result::Error as DieselError;
use serde::{Deserialize, Serialize};
use tenon_kernel::{About, Activity, ActivityId, ApiKeyId, Id, OrganizationId, Place, UserId, Version};
use uuid::Uuid;

use super::{role, sound};
use crate::schema::{activities, outbox};
use crate::types::{Json, Key};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = outbox)]
pub struct ActivityRow {
    pub id: Key<ActivityId>,
    pub organization_id: Option<Key<OrganizationId>>,
    pub by_id: Option<Key<UserId>>,
    pub about: Json,
    pub verb: String,
    pub api_key_id: Option<Key<ApiKeyId>>,
}

impl TryFrom<&Activity> for ActivityRow {
    type Error = DieselError;

    fn try_from(activity: &Activity) -> QueryResult<Self> {
        let about = serde_json::to_string(&AboutDocument::from(activity.about));
        Ok(Self {
            id: Key(activity.id),
            organization_id: activity.organization.map(Key),
            by_id: activity.by.map(Key),
            about: Json(about.map_err(|error| DieselError::SerializationError(error.into()))?),
            verb: activity.verb.as_str().to_owned(),
            api_key_id: activity.key.map(Key),
        })
    }
}

/// The same, as the feed of an organization keeps it.
#[derive(Debug, Insertable)]
#[diesel(treat_none_as_default_value = false, table_name = activities)]
pub struct FeedRow<'a> {
    organization_id: Key<OrganizationId>,
    id: Key<ActivityId>,
    by_id: Option<Key<UserId>>,
    about: &'a Json,
    verb: &'a str,
    api_key_id: Option<Key<ApiKeyId>>,
}

impl ActivityRow {
    /// The row in the feed of its organization, if it has one.
    pub fn of_organization(&self) -> Option<FeedRow<'_>> {
        Some(FeedRow {
            organization_id: self.organization_id?,
            id: self.id,
            by_id: self.by_id,
            about: &self.about,
            verb: &self.verb,
            api_key_id: self.api_key_id,
        })
    }

    pub fn into_activity(self) -> QueryResult<Activity> {
        let about: AboutDocument = sound(serde_json::from_str(&self.about.0))?;
        Ok(Activity {
            id: self.id.0,
            organization: self.organization_id.map(|key| key.0),
            by: self.by_id.map(|key| key.0),
            key: self.api_key_id.map(|key| key.0),
            about: about.into_about()?,
            verb: sound(self.verb.parse())?,
        })
    }
}

/// What something happened to, as the database keeps it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
enum AboutDocument {
    Asset {
        id: Uuid,
        owner: Uuid,
        version: i64,
        #[serde(default, skip_serializing_if = "PlaceDocument::is_nowhere")]
        place: PlaceDocument,
        #[serde(default, skip_serializing_if = "PlaceDocument::is_nowhere")]
        left: PlaceDocument,
    },
    Site {
        id: Uuid,
        version: i64,
    },
    Unit {
        id: Uuid,
        site: Uuid,
        version: i64,
    },
    Member {
        id: Uuid,
        role: String,
    },
    Organization {
        version: i64,
    },
    Session {
        id: Uuid,
        user: Uuid,
    },
    Notification {
        id: Uuid,
        subscription: Uuid,
        change: String,
    },
}

#[derive(Default, PartialEq, Serialize, Deserialize)]
struct PlaceDocument {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<Uuid>,
}

impl PlaceDocument {
    fn is_nowhere(&self) -> bool {
        *self == Self::default()
    }
}

impl From<Place> for PlaceDocument {
    fn from(place: Place) -> Self {
        Self {
            site: place.site.map(Id::uuid),
            unit: place.unit.map(Id::uuid),
        }
    }
}

impl From<PlaceDocument> for Place {
    fn from(place: PlaceDocument) -> Self {
        Self {
            site: place.site.map(Id::from_uuid),
            unit: place.unit.map(Id::from_uuid),
        }
    }
}

impl From<About> for AboutDocument {
    fn from(about: About) -> Self {
        match about {
            About::Asset {
                asset,
                owner,
                version,
                place,
                left,
            } => Self::Asset {
                id: asset.uuid(),
                owner: owner.uuid(),
                version: version.get(),
                place: place.into(),
                left: left.into(),
            },
            About::Site { site, version } => Self::Site {
                id: site.uuid(),
                version: version.get(),
            },
            About::Unit { unit, site, version } => Self::Unit {
                id: unit.uuid(),
                site: site.uuid(),
                version: version.get(),
            },
            About::Member { user, role } => Self::Member {
                id: user.uuid(),
                role: role.as_str().to_owned(),
            },
            About::Organization { version } => Self::Organization { version: version.get() },
            About::Session { session, user } => Self::Session {
                id: session.uuid(),
                user: user.uuid(),
            },
            About::Notification {
                notification,
                subscription,
                change,
            } => Self::Notification {
                id: notification.uuid(),
                subscription: subscription.uuid(),
                change: change.as_str().to_owned(),
            },
        }
    }
}

impl AboutDocument {
    fn into_about(self) -> QueryResult<About> {
        Ok(match self {
            Self::Asset {
                id,
                owner,
                version,
                place,
                left,
            } => About::Asset {
                asset: Id::from_uuid(id),
                owner: Id::from_uuid(owner),
                version: Version::new(version),
                place: place.into(),
                left: left.into(),
            },
            Self::Site { id, version } => About::Site {
                site: Id::from_uuid(id),
                version: Version::new(version),
            },
            Self::Unit { id, site, version } => About::Unit {
                unit: Id::from_uuid(id),
                site: Id::from_uuid(site),
                version: Version::new(version),
            },
            Self::Member { id, role } => About::Member {
                user: Id::from_uuid(id),
                role: self::role(&role)?,
            },
            Self::Organization { version } => About::Organization {
                version: Version::new(version),
            },
            Self::Session { id, user } => About::Session {
                session: Id::from_uuid(id),
                user: Id::from_uuid(user),
            },
            Self::Notification {
                id,
                subscription,
                change,
            } => About::Notification {
                notification: Id::from_uuid(id),
                subscription: Id::from_uuid(subscription),
                change: sound(change.parse())?,
            },
        })
    }
}
