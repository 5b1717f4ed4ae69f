use tenon_kernel::{Clock, Created, OnceKey, Role};

use super::fakes::{Call, Noon, Tenant, World, id, now, once};
use crate::{
    EmitError, Epoch, EventData, EventKey, EventName, NewEvent, Offset, Position, PublishError, Room, SubscribeError,
};

const ROLES: [Role; 4] = [Role::Viewer, Role::Member, Role::Admin, Role::Owner];

fn name() -> EventName {
    EventName::parse("pump.started").unwrap()
}

fn data() -> EventData {
    EventData::parse("{}").unwrap()
}

fn event(tenant: Tenant) -> NewEvent {
    NewEvent {
        name: name(),
        data: data(),
        at: Noon.now(),
        from: Some(tenant.user),
    }
}

#[test]
fn every_member_subscribes_to_the_organization_its_places_and_themselves() {
    let (world, tenant) = (World::of(&[1]), Tenant::number(1));
    for role in ROLES {
        for room in tenant.rooms() {
            now(world.rooms().subscribe(&tenant.member(role), &room)).unwrap();
            world.rooms().unsubscribe(&room);
            assert_eq!(world.calls(), [Call::Join(room), Call::Leave(room)]);
        }
    }
}

#[test]
fn a_site_or_unit_that_does_not_exist_is_no_room() {
    let (world, tenant) = (World::of(&[1]), Tenant::number(1));
    let (rooms, owner) = (world.rooms(), tenant.member(Role::Owner));
    for room in [
        Room::Site(tenant.organization, id(1)),
        Room::Unit(tenant.organization, id(1)),
        Room::Site(tenant.organization, id(tenant.unit.uuid().as_u128())),
    ] {
        let subscribed = now(rooms.subscribe(&owner, &room));
        assert!(matches!(subscribed, Err(SubscribeError::UnknownRoom)), "{room}");
        let published = now(rooms.publish(&owner, &room, name(), data(), || ()));
        assert!(matches!(published, Err(PublishError::UnknownRoom)), "{room}");
        let emitted = now(rooms.emit(
            &owner.principal(),
            tenant.organization,
            &room,
            (name(), data()),
            once(None),
        ));
        assert!(matches!(emitted, Err(EmitError::UnknownRoom)), "{room}");
    }
    assert_eq!(world.calls(), []);
}

#[test]
fn members_publish_to_the_organization_and_its_places() {
    let (world, tenant) = (World::of(&[1]), Tenant::number(1));
    let [organization, site, unit, user] = tenant.rooms();
    for role in ROLES {
        for room in [organization, site, unit] {
            let published = now(world
                .rooms()
                .publish(&tenant.member(role), &room, name(), data(), || ()));
            if role == Role::Viewer {
                assert!(matches!(published, Err(PublishError::ReadOnly)));
                assert_eq!(world.calls(), []);
            } else {
                published.unwrap();
                assert_eq!(world.calls(), [Call::Publish(room, event(tenant), None)]);
            }
        }
    }
    for room in [user, Room::User(id(1))] {
        let published = now(world
            .rooms()
            .publish(&tenant.member(Role::Owner), &room, name(), data(), || ()));
        assert!(matches!(published, Err(PublishError::Private)));
    }
    assert_eq!(world.calls(), []);
}

#[test]
fn admins_emit_to_places_and_members() {
    let (world, tenant) = (World::of(&[1]), Tenant::number(1));
    for role in ROLES {
        for room in tenant.rooms() {
            let member = tenant.member(role);
            let emitted = now(world.rooms().emit(
                &member.principal(),
                tenant.organization,
                &room,
                (name(), data()),
                once(None),
            ));
            if role < Role::Admin {
                assert!(matches!(emitted, Err(EmitError::Denied)));
                assert_eq!(world.calls(), []);
            } else {
                emitted.unwrap();
                assert_eq!(world.calls(), [Call::Publish(room, event(tenant), None)]);
            }
        }
    }
    let stranger = Room::User(id(1));
    let emitted = now(world.rooms().emit(
        &tenant.member(Role::Owner).principal(),
        tenant.organization,
        &stranger,
        (name(), data()),
        once(None),
    ));
    assert!(matches!(emitted, Err(EmitError::UnknownRoom)));
}

#[test]
fn an_emission_is_repeated_with_the_same_answer_and_no_effect() {
    let (world, tenant) = (World::of(&[1]), Tenant::number(1));
    let emit = |fingerprint| {
        let key = OnceKey {
            scope: [3; 32],
            fingerprint: [fingerprint; 32],
        };
        let room = Room::Organization(tenant.organization);
        let owner = tenant.member(Role::Owner);
        now(world.rooms().emit(
            &owner.principal(),
            tenant.organization,
            &room,
            (name(), data()),
            once(Some(key)),
        ))
    };
    assert!(matches!(emit(4).unwrap(), Created::Now(_)));
    let [Call::Publish(_, _, Some(EventKey(key)))] = world.calls()[..] else {
        panic!("the event has no key")
    };
    assert_eq!(key, [3 ^ 4; 16]);
    assert_eq!(emit(4).unwrap(), Created::Before(b"7".to_vec()));
    assert!(matches!(emit(5), Err(EmitError::KeyReused)));
    assert_eq!(world.calls(), []);
}

#[test]
fn the_server_announces_without_an_actor() {
    let (world, tenant) = (World::of(&[1]), Tenant::number(1));
    let announced = NewEvent {
        from: None,
        ..event(tenant)
    };
    for room in tenant.rooms() {
        now(world.rooms().announce(&room, &announced, None)).unwrap();
        assert_eq!(world.calls(), [Call::Publish(room, announced.clone(), None)]);
    }
}

#[test]
fn everybody_reads_what_was_and_who_is_in_their_rooms() {
    let (world, tenant) = (World::of(&[1]), Tenant::number(1));
    let since = Position {
        epoch: Epoch::random(),
        offset: Offset::START,
    };
    for role in ROLES {
        let (member, rooms) = (tenant.member(role), world.rooms());
        for room in tenant.rooms() {
            now(rooms.replay(&member.principal(), &room, since)).unwrap();
            now(rooms.present(&member.principal(), &room)).unwrap();
            let (attendance, first) = now(rooms.enter(&member, &room, id(5))).unwrap();
            assert!(first && now(rooms.exit(&attendance)).unwrap());
            assert_eq!(
                (attendance.user, attendance.room, attendance.since),
                (tenant.user, room, Noon.now())
            );
            let expected = [
                Call::Since(room),
                Call::List(room),
                Call::Enter(attendance),
                Call::Exit(attendance),
            ];
            assert_eq!(world.calls(), expected);
        }
    }
}
