use serde::Serialize;
use tenon_kernel::{About, Activity, Place, Unavailable};
use tenon_rooms::{EventData, EventName, NewEvent};
use utoipa::ToSchema;

use super::{IdText, Stamp};

/// Something that happened in an organization. The part that it happened to is named, and only that one is there.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivityView {
    #[schema(value_type = Uuid)]
    id: IdText,
    /// What happened; rooms hear it under this name.
    #[schema(example = "asset.created")]
    event: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: Stamp,
    /// Who did it; `null` when it was the server.
    #[schema(required = true, value_type = Option<Uuid>)]
    by: Option<IdText>,
    /// The API key that did it in their name, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Uuid>)]
    api_key: Option<IdText>,
    #[serde(flatten)]
    about: AboutView,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum AboutView {
    #[serde(rename_all = "camelCase")]
    Asset {
        #[schema(value_type = Uuid)]
        id: IdText,
        #[schema(value_type = Uuid)]
        owner_id: IdText,
        /// It has from then on, or had at last.
        version: i64,
        #[serde(flatten)]
        place: PlaceView,
        /// Where it was before, if it was elsewhere.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        left: Option<PlaceView>,
    },
    #[serde(rename_all = "camelCase")]
    Site {
        #[schema(value_type = Uuid)]
        id: IdText,
        version: i64,
    },
    #[serde(rename_all = "camelCase")]
    Unit {
        #[schema(value_type = Uuid)]
        id: IdText,
        #[schema(value_type = Uuid)]
        site_id: IdText,
        version: i64,
    },
    #[serde(rename_all = "camelCase")]
    Member {
        #[schema(value_type = Uuid)]
        user_id: IdText,
        /// From then on, or at last.
        role: &'static str,
    },
    #[serde(rename_all = "camelCase")]
    Organization { version: i64 },
    #[serde(rename_all = "camelCase")]
    Session {
        #[schema(value_type = Uuid)]
        id: IdText,
        #[schema(value_type = Uuid)]
        user_id: IdText,
    },
    /// What Microsoft Graph told of; who may read what it is about asks for it by its id.
    #[serde(rename_all = "camelCase")]
    Notification {
        #[schema(value_type = Uuid)]
        id: IdText,
        #[schema(value_type = Uuid)]
        subscription_id: IdText,
        /// `created`, `updated`, `deleted`, `reauthorizationRequired`, `subscriptionRemoved`, `missed` or `other`.
        #[schema(example = "updated")]
        change: &'static str,
    },
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceView {
    #[schema(required = true, value_type = Option<Uuid>)]
    site_id: Option<IdText>,
    #[schema(required = true, value_type = Option<Uuid>)]
    unit_id: Option<IdText>,
}

impl From<Place> for PlaceView {
    fn from(place: Place) -> Self {
        Self {
            site_id: place.site.map(IdText::of),
            unit_id: place.unit.map(IdText::of),
        }
    }
}

impl ActivityView {
    pub fn of(activity: &Activity) -> Self {
        Self {
            id: IdText::of(activity.id),
            event: activity.name(),
            at: Stamp(activity.id.time()),
            by: activity.by.map(IdText::of),
            api_key: activity.key.map(IdText::of),
            about: activity.about.into(),
        }
    }
}

impl From<About> for AboutView {
    fn from(about: About) -> Self {
        match about {
            About::Asset {
                asset,
                owner,
                version,
                place,
                left,
            } => Self::Asset {
                id: IdText::of(asset),
                owner_id: IdText::of(owner),
                version: version.get(),
                place: place.into(),
                left: (left != place && left != Place::default()).then(|| left.into()),
            },
            About::Site { site, version } => Self::Site {
                id: IdText::of(site),
                version: version.get(),
            },
            About::Unit { unit, site, version } => Self::Unit {
                id: IdText::of(unit),
                site_id: IdText::of(site),
                version: version.get(),
            },
            About::Member { user, role } => Self::Member {
                user_id: IdText::of(user),
                role: role.as_str(),
            },
            About::Organization { version } => Self::Organization { version: version.get() },
            About::Session { session, user } => Self::Session {
                id: IdText::of(session),
                user_id: IdText::of(user),
            },
            About::Notification {
                notification,
                subscription,
                change,
            } => Self::Notification {
                id: IdText::of(notification),
                subscription_id: IdText::of(subscription),
                change: change.as_str(),
            },
        }
    }
}

/// An activity as rooms hear it: the data is what the feed shows.
///
/// # Errors
///
/// [`Unavailable`] when it cannot be written, which no activity is known to cause.
pub fn render(activity: &Activity) -> Result<NewEvent, Unavailable> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| Unavailable::new("rendering", error);
    let json = serde_json::value::to_raw_value(&ActivityView::of(activity)).map_err(|error| failed(error.into()))?;
    Ok(NewEvent {
        name: EventName::known(activity.name()).map_err(|error| failed(error.into()))?,
        data: EventData::new(json).map_err(|error| failed(error.into()))?,
        at: activity.id.time(),
        from: activity.by,
    })
}
