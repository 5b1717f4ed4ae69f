use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::try_join_all;
use serde_json::Value;
use xtask::random::Random;

use crate::api::{Kind, Session};
use crate::generate::asset;
use crate::load::{Bound, Run, Tally};
use crate::scene::Contender;
use crate::wire::Connection;

/// How many assets each connection changes in turn.
const EACH: usize = 64;

/// How many different changes there are.
const BODIES: usize = 1024;

/// Changes of assets, each conditional on the version that the last answer told.
pub struct Updates {
    kind: Kind,
    address: SocketAddr,
    session: Session,
    ids: Vec<String>,
    bodies: Vec<Value>,
}

impl Updates {
    /// Of the contender's assets in a random order.
    pub fn new(to: &Contender, session: Session, seed: u64) -> Self {
        let mut random = Random::seeded(seed);
        let mut ids = to.ids.clone();
        random.shuffle(&mut ids);
        Self {
            kind: to.server.kind,
            address: to.server.address,
            session,
            ids,
            bodies: (0..BODIES).map(|_| asset(&mut random)).collect(),
        }
    }

    /// Opens the connections, gives each its own assets, and reads their versions.
    pub async fn connect(&self, connections: usize) -> Result<Editors<'_>> {
        let each = EACH.min(self.ids.len() / connections);
        ensure!(each > 0, "fewer assets than connections");
        let chunks = self.ids.chunks_exact(each).take(connections);
        Ok(Editors {
            updates: self,
            editors: try_join_all(chunks.map(|ids| Editor::open(self, ids))).await?,
            sent: Cell::new(0),
        })
    }
}

/// Updates with their connections open.
pub struct Editors<'a> {
    updates: &'a Updates,
    editors: Vec<Editor<'a>>,
    sent: Cell<usize>,
}

struct Editor<'a> {
    connection: Connection,
    assets: Vec<(&'a str, Option<String>)>,
    turn: usize,
}

impl<'a> Editor<'a> {
    async fn open(updates: &Updates, ids: &'a [String]) -> Result<Self> {
        let mut connection = Connection::open(updates.address).await?;
        let mut assets = Vec::new();
        for id in ids {
            let response = connection.exchange(&updates.kind.get(&updates.session, id)).await?;
            ensure!(response.status == 200, "reading {id} was answered {}", response.status);
            assets.push((id.as_str(), tag(response.tag)?));
        }
        Ok(Self {
            connection,
            assets,
            turn: 0,
        })
    }

    /// Changes its next asset.
    async fn edit(&mut self, updates: &Updates, body: &Value) -> Result<u16> {
        let turn = self.turn % self.assets.len();
        self.turn += 1;
        let (id, known) = self.assets.get_mut(turn).context("no such asset")?;
        let request = updates.kind.update(&updates.session, id, known.as_deref(), body);
        let response = self.connection.exchange(&request).await?;
        if response.status != 200 {
            let body = String::from_utf8_lossy(response.body);
            bail!(
                "answered {}: {}",
                response.status,
                body.chars().take(500).collect::<String>()
            );
        }
        *known = tag(response.tag)?;
        Ok(response.status)
    }
}

fn tag(tag: Option<&[u8]>) -> Result<Option<String>> {
    tag.map(|tag| Ok(String::from_utf8(tag.to_vec())?)).transpose()
}

impl Run for Editors<'_> {
    async fn run(&mut self, bound: Bound) -> Result<Tally> {
        let (started, tally) = (Instant::now(), RefCell::new(Tally::new()?));
        let (updates, sent, first) = (self.updates, &self.sent, self.sent.get());
        let editing = self.editors.iter_mut().map(async |editor| {
            while bound.goes_on(started, sent.get() - first) {
                let number = sent.replace(sent.get() + 1);
                let body = updates.bodies.get(number % BODIES).context("no such body")?;
                let begun = Instant::now();
                let status = editor.edit(updates, body).await?;
                let micros = u64::try_from(begun.elapsed().as_micros())?;
                tally.borrow_mut().record(status, micros);
            }
            anyhow::Ok(())
        });
        tokio::time::timeout(bound.limit(), try_join_all(editing))
            .await
            .context("the server stopped answering")??;
        let mut tally = tally.into_inner();
        tally.elapsed = started.elapsed();
        Ok(tally)
    }
}
