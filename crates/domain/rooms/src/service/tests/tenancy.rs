//! Nobody crosses an organization, however the room is written.

use proptest::prelude::*;
use tenon_kernel::{Limit, Member, Role};

use super::fakes::{Tenant, World, id, now, once};
use crate::{
    EmitError, Epoch, EventData, EventName, Offset, Position, PublishError, ReadRoomError, Room, Rooms, SubscribeError,
};

/// The actor's organization and the other one.
const OWN: u128 = 1;
const OTHER: u128 = 2;

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Viewer, Role::Member, Role::Admin, Role::Owner])
}

/// Every room that names anything of the other organization, alone or together with the actor's own.
fn foreign() -> Vec<Room> {
    let (own, other) = (Tenant::number(OWN), Tenant::number(OTHER));
    let mut rooms = other.rooms().to_vec();
    rooms.extend([
        Room::Site(own.organization, other.site),
        Room::Unit(own.organization, other.unit),
        Room::Site(other.organization, own.site),
        Room::Unit(other.organization, own.unit),
        Room::Organization(id(other.user.uuid().as_u128())),
        Room::User(id(other.organization.uuid().as_u128())),
        Room::User(id(own.organization.uuid().as_u128())),
    ]);
    rooms
}

fn pieces() -> impl Strategy<Value = String> {
    let (own, other) = (Tenant::number(OWN), Tenant::number(OTHER));
    let mut pieces: Vec<String> = [
        "org", "site", "unit", "user", ":", "", " ", "\0", "/", "*", "..", "%3A", "\u{ff1a}",
    ]
    .map(str::to_owned)
    .to_vec();
    for tenant in [own, other] {
        let ids = [
            tenant.organization.uuid(),
            tenant.site.uuid(),
            tenant.unit.uuid(),
            tenant.user.uuid(),
        ];
        for id in ids {
            pieces.extend([id.to_string(), id.to_string().to_uppercase(), id.simple().to_string()]);
            pieces.push(id.braced().to_string());
        }
    }
    prop::collection::vec(prop::sample::select(pieces), 1..9).prop_map(|pieces| pieces.concat())
}

/// A foreign room as it is written, and with a character changed, put in or taken out.
fn damaged() -> impl Strategy<Value = String> {
    let written = prop::sample::select(foreign()).prop_map(|room| room.to_string());
    (written, any::<prop::sample::Index>(), any::<char>(), 0..4_u8).prop_map(|(text, at, put, how)| {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        match how {
            0 => characters[at] = put,
            1 => characters.insert(at, put),
            2 => drop(characters.remove(at)),
            _ => {}
        }
        characters.into_iter().collect()
    })
}

/// A room with parts of both organizations in their places.
fn mixed() -> impl Strategy<Value = String> {
    let ids = || {
        let of = |tenant: Tenant| {
            [
                tenant.organization.uuid(),
                tenant.site.uuid(),
                tenant.unit.uuid(),
                tenant.user.uuid(),
            ]
        };
        prop::sample::select([of(Tenant::number(OWN)), of(Tenant::number(OTHER))].concat())
    };
    (ids(), prop::sample::select(vec!["site", "unit"]), ids())
        .prop_map(|(organization, kind, place)| format!("org:{organization}:{kind}:{place}"))
}

fn is_own(room: &Room, member: &Member) -> bool {
    let own = Tenant::number(OWN);
    let rooms = own.rooms();
    rooms.contains(room) && member.organization == own.organization
}

/// Fails when anything but a refusal comes of it, or two refusals differ from those of a room that does not exist.
fn assert_refused(rooms: &Rooms, member: &Member, room: &Room) {
    let name = || EventName::parse("a").unwrap();
    let data = || EventData::parse("1").unwrap();
    let since = Position {
        epoch: Epoch::parse(&"0".repeat(32)).unwrap(),
        offset: Offset::START,
    };
    assert!(matches!(
        now(rooms.subscribe(member, room)),
        Err(SubscribeError::UnknownRoom)
    ));
    assert!(matches!(
        now(rooms.replay(&member.principal(), room, since)),
        Err(ReadRoomError::UnknownRoom)
    ));
    assert!(matches!(
        now(rooms.present(&member.principal(), room)),
        Err(ReadRoomError::UnknownRoom)
    ));
    let published = now(rooms.publish(member, room, name(), data(), || ()));
    match (member.role, room) {
        (Role::Viewer, _) => assert!(matches!(published, Err(PublishError::ReadOnly))),
        (_, Room::User(_)) => assert!(matches!(published, Err(PublishError::Private))),
        _ => assert!(matches!(published, Err(PublishError::UnknownRoom))),
    }
    let read = now(rooms.history(&member.principal(), room, None, Limit::default()));
    assert!(matches!(read, Err(ReadRoomError::UnknownRoom)));
    let emitted = now(rooms.emit(
        &member.principal(),
        member.organization,
        room,
        (name(), data()),
        once(None),
    ));
    if member.role < Role::Admin {
        assert!(matches!(emitted, Err(EmitError::Denied)));
    } else {
        assert!(matches!(emitted, Err(EmitError::UnknownRoom)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_actor_reaches_anything_of_another_organization_in_any_textual_form(
        text in prop_oneof![pieces(), damaged(), mixed()],
        role in role(),
    ) {
        let (world, member) = (World::of(&[OWN, OTHER]), Tenant::number(OWN).member(role));
        let Ok(room) = Room::parse(&text) else { return Ok(()) };
        prop_assert_eq!(room.to_string(), text);
        if !is_own(&room, &member) {
            assert_refused(&world.rooms(), &member, &room);
            prop_assert_eq!(world.calls(), []);
            prop_assert!(now(world.rooms().enter(&member, &room, id(5))).is_err() || room.organization() == Some(member.organization));
        }
    }
}

#[test]
fn every_room_of_another_organization_is_refused_to_every_role() {
    let world = World::of(&[OWN, OTHER]);
    for role in [Role::Viewer, Role::Member, Role::Admin, Role::Owner] {
        for room in foreign() {
            assert_refused(&world.rooms(), &Tenant::number(OWN).member(role), &room);
        }
    }
    assert_eq!(world.calls(), []);
}
