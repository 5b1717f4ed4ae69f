use anyhow::Result;
use clap::ValueEnum;
use xtask::random::Random;

use crate::api::{Place, Session, call};
use crate::load::{Bound, Load, Open, Run, Tally};
use crate::scene::{Contender, PASSWORD, creations};
use crate::wire::Request;

use super::update::{Editors, Updates};

/// How many different bodies a creation run cycles through.
const BODIES: usize = 4096;

/// How many accounts log in.
const ACCOUNTS: usize = 64;

/// More logins than that at once are more than some servers have wait.
const LOGINS_AT_ONCE: usize = 16;

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Operation {
    /// One asset by id, ids at random.
    Get,
    /// The newest twenty.
    List,
    /// Twenty from the middle of the listing.
    Deep,
    /// A new asset.
    Create,
    /// Another title and description, of the version that the client knows.
    Update,
    /// 80 of 100 get, 15 list, 5 create.
    Mixed,
    /// Logins that succeed, of many accounts.
    Login,
}

impl Operation {
    /// As tables and files call it.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Requests of one measurement.
pub enum Work {
    /// The same ones over and over, and the most connections that they are for.
    Fixed(Vec<Request>, usize),
    /// Each depends on the answer before.
    Updates(Updates),
}

impl Work {
    /// Of this operation. `seed` gives the order and the bodies.
    pub async fn of(operation: Operation, to: &Contender, session: &Session, seed: u64) -> Result<Self> {
        let kind = to.server.kind;
        let all = usize::MAX;
        Ok(match operation {
            Operation::Get => Self::Fixed(to.reads(session, seed), all),
            Operation::List => Self::Fixed(vec![kind.list(session, 20, &Place::Newest)], all),
            Operation::Deep => {
                let place = kind.behind(session, to.server.address, to.ids.len() / 2).await?;
                Self::Fixed(vec![kind.list(session, 20, &place)], all)
            }
            Operation::Create => Self::Fixed(creations(kind, session, seed, BODIES), all),
            Operation::Update => Self::Updates(Updates::new(to, session.clone(), seed)),
            Operation::Mixed => Self::Fixed(mixed(to, session, seed), all),
            Operation::Login => Self::Fixed(logins(to), LOGINS_AT_ONCE),
        })
    }

    /// Opens the connections.
    pub async fn connect(&self, to: &Contender, connections: usize) -> Result<Ready<'_>> {
        Ok(match self {
            Self::Fixed(requests, most) => {
                let load = Load::new(to.server.address, connections.min(*most), requests);
                Ready::Fixed(load.connect().await?)
            }
            Self::Updates(updates) => Ready::Updates(updates.connect(connections).await?),
        })
    }
}

/// Work with its connections open.
pub enum Ready<'a> {
    /// See [`Work::Fixed`].
    Fixed(Open<'a>),
    /// See [`Work::Updates`].
    Updates(Editors<'a>),
}

impl Run for Ready<'_> {
    async fn run(&mut self, bound: Bound) -> Result<Tally> {
        match self {
            Self::Fixed(load) => load.run(bound).await,
            Self::Updates(editors) => editors.run(bound).await,
        }
    }
}

/// Registers whoever logs in.
pub async fn register(to: &Contender) -> Result<()> {
    for account in 0..ACCOUNTS {
        call(to.server.address, &to.server.kind.register(&email(account), PASSWORD)).await?;
    }
    Ok(())
}

fn logins(to: &Contender) -> Vec<Request> {
    (0..ACCOUNTS)
        .map(|account| to.server.kind.login(&email(account), PASSWORD))
        .collect()
}

fn email(account: usize) -> String {
    format!("guest{account}@bench.example")
}

/// Each hundred holds 80 gets, 15 lists and 5 creations, in an order of its own.
fn mixed(to: &Contender, session: &Session, seed: u64) -> Vec<Request> {
    let kind = to.server.kind;
    let mut gets = to.reads(session, seed).into_iter().cycle();
    let mut bodies = creations(kind, session, seed, BODIES).into_iter();
    let list = kind.list(session, 20, &Place::Newest);
    let mut random = Random::seeded(seed);
    let mut requests = Vec::new();
    for _ in 0..BODIES / 5 {
        let mut hundred: Vec<Request> = gets.by_ref().take(80).collect();
        hundred.extend(std::iter::repeat_n(list.clone(), 15));
        hundred.extend(bodies.by_ref().take(5));
        random.shuffle(&mut hundred);
        requests.extend(hundred);
    }
    requests
}
