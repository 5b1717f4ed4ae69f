use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tenon_accounts::Claims;
use tenon_kernel::{Actor, Member};
use tenon_messages::DeviceId;
use tenon_rooms::{ConnectionId, Room};
use tenon_websocket::Close;

use super::codes;
use super::line::Line;
use super::mail::Mail;
use super::outlet::Outlet;
use super::room::Membership;

const MINUTE: Duration = Duration::from_secs(60);

/// So many frames in a row that cannot be followed are no accident.
const MOST_REFUSED: u8 = 20;

/// Frames about messages that a socket may send in a minute: more than anybody may send messages, with an acknowledgement of
/// each that comes.
const MOST_MAIL: u32 = 12_000;

/// One open socket, on its worker.
pub(crate) struct Connection {
    pub id: ConnectionId,
    pub member: Cell<Member>,
    pub claims: RefCell<Claims>,
    pub outlet: Outlet,
    pub line: Line,
    pub rooms: RefCell<Vec<Rc<Membership>>>,
    pub mail: Mail,
    /// One of the rooms is to be made good from history.
    pub behind: Cell<bool>,
    /// A ping waits for its answer.
    pub pinged: Cell<bool>,
    /// It has left its rooms and must enter none any more.
    pub gone: Cell<bool>,
    refused: Cell<u8>,
    /// The beginning of a minute, the frames in it, and those of them that are about messages.
    minute: Cell<(Instant, u32, u32)>,
}

impl Connection {
    pub fn new(id: ConnectionId, member: Member, claims: Claims, device: DeviceId, outlet: Outlet) -> Rc<Self> {
        Rc::new(Self {
            id,
            member: Cell::new(member),
            claims: RefCell::new(claims),
            outlet,
            line: Line::default(),
            rooms: RefCell::default(),
            mail: Mail::new(device),
            behind: Cell::new(false),
            pinged: Cell::new(false),
            gone: Cell::new(false),
            refused: Cell::new(0),
            minute: Cell::new((Instant::now(), 0, 0)),
        })
    }

    /// The membership of a room.
    pub fn membership(&self, room: &Room) -> Option<Rc<Membership>> {
        self.rooms
            .borrow()
            .iter()
            .find(|membership| membership.room == *room)
            .cloned()
    }

    /// Waits until all that was asked before what is at this place is answered; false when the socket is gone by then.
    pub async fn turn(&self, place: u64) -> bool {
        self.line.turn(place).await;
        !self.gone.get()
    }

    /// Counts a frame; false when it is one too many.
    pub fn may_send(&self, per_minute: u32) -> bool {
        let (begin, frames, mail) = self.this_minute();
        self.minute.set((begin, frames.saturating_add(1), mail));
        frames < per_minute
    }

    /// Counts a frame that is about messages; false when it is one too many.
    pub fn may_mail(&self) -> bool {
        let (begin, frames, mail) = self.this_minute();
        self.minute.set((begin, frames, mail.saturating_add(1)));
        mail < MOST_MAIL
    }

    fn this_minute(&self) -> (Instant, u32, u32) {
        let now = Instant::now();
        let minute = self.minute.get();
        if now.duration_since(minute.0) >= MINUTE {
            (now, 0, 0)
        } else {
            minute
        }
    }

    /// A frame was followed.
    pub fn followed(&self) {
        self.refused.set(0);
    }

    /// A frame could not be followed; ends the connection when that was so for too many.
    pub fn refuse(&self) {
        let refused = self.refused.get() + 1;
        self.refused.set(refused);
        if refused >= MOST_REFUSED {
            self.outlet.close(&Close::new(
                codes::TOO_MANY_MISTAKES,
                "too many frames in a row were wrong",
            ));
        }
    }

    /// Goes on with a fresh token; false when it speaks for somebody else.
    pub fn renew(&self, claims: Claims) -> bool {
        let Actor::Member(fresh) = claims.actor() else {
            return false;
        };
        let member = self.member.get();
        if (fresh.user, fresh.organization) != (member.user, member.organization) {
            return false;
        }
        self.member.set(fresh);
        self.claims.replace(claims);
        true
    }
}
