//! Values of the domain that come as text: what one shows is what it reads, and reads as itself.

use std::fmt::{Debug, Display};

use tenon_accounts::{ApiKeyName, ApiKeyToken, DisplayName, Email, OrganizationName, PlaceName};
use tenon_assets::{AssetTitle, CalendarDay, Category, SearchQuery, Tag};
use tenon_kernel::{Timestamp, UserId, whole_characters};
use tenon_messages::keys::{IdentityKey, PublicKey, Signature};
use tenon_messages::{Content, DeviceId, Kind};
use tenon_rooms::{Epoch, EventData, EventName, Room};

fn is_stable<T: Debug, E: Debug>(text: &str, parse: impl Fn(&str) -> Result<T, E>, show: impl Fn(&T) -> String) {
    if let Ok(value) = parse(text) {
        let shown = show(&value);
        assert!(!shown.contains('\0'), "{shown:?}");
        assert_eq!(show(&parse(&shown).unwrap()), shown, "of {text:?}");
    }
}

fn shown<T: Display>(value: &T) -> String {
    value.to_string()
}

/// The first byte chooses what the rest is.
pub fn values(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    let text = &crate::text(rest);
    match kind % 20 {
        0 => is_stable(text, Email::parse, |email| email.as_str().to_owned()),
        1 => is_stable(text, DisplayName::parse, |name| name.as_str().to_owned()),
        2 => is_stable(text, OrganizationName::parse, |name| name.as_str().to_owned()),
        3 => is_stable(text, PlaceName::parse, |name| name.as_str().to_owned()),
        4 => is_stable(text, ApiKeyName::parse, |name| name.as_str().to_owned()),
        5 => is_stable(
            text,
            |text| ApiKeyToken::read(text).ok_or(()),
            |token| token.expose().to_owned(),
        ),
        6 => is_stable(text, str::parse::<UserId>, shown),
        7 => is_stable(text, AssetTitle::parse, |title| title.as_str().to_owned()),
        8 => is_stable(text, Category::parse, |category| category.as_str().to_owned()),
        9 => is_stable(text, Tag::parse, |tag| tag.as_str().to_owned()),
        10 => is_stable(text, CalendarDay::parse, shown),
        11 => is_stable(text, Timestamp::parse, shown),
        12 => is_stable(text, Room::parse, shown),
        13 => is_stable(text, EventName::parse, |name| name.as_str().to_owned()),
        14 => is_stable(text, Epoch::parse, shown),
        15 => is_stable(text, PublicKey::parse, shown),
        16 => is_stable(text, IdentityKey::parse, shown),
        17 => is_stable(text, Signature::parse, shown),
        18 => is_stable(text, Kind::parse, |kind| kind.as_str().to_owned()),
        _ => others(text),
    }
}

/// Those that show themselves otherwise than they are written.
fn others(text: &str) {
    is_stable(text, EventData::parse, |data| data.raw().get().to_owned());
    is_stable(text, Content::parse, |content| content.as_str().to_owned());
    is_stable(
        text,
        |text| DeviceId::new(text.parse().unwrap_or(u64::MAX)),
        |id| id.get().to_string(),
    );
    // JSON that is one string is read where its characters are whole.
    if text.starts_with('"') && EventData::parse(text).is_ok() {
        let read = serde_json::from_str::<String>(text);
        assert_eq!(read.is_ok(), whole_characters(text).is_ok(), "{text:?}: {read:?}");
    }
    if let Ok(query) = SearchQuery::parse(text) {
        assert!(!format!("{query:?}").is_empty());
    }
}
