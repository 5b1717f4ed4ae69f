use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use serde_json::json;
use tokio::task::unconstrained;

use super::history::History;
use super::line::Line;
use super::pair::{Exchanged, Pair, Traffic};
use crate::api::{Kind, call, post, sign_in, text};
use crate::measure::Watched;
use crate::scene::{EMAIL, PASSWORD};
use crate::server::{Launch, Server, Store};

/// Limits that would end a measurement; everything else stays as it ships.
const RAISED: [(&str, &str); 2] = [
    ("TENON__LIMITS__MESSAGES_PER_SECOND", "1000000"),
    ("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000000"),
];

/// How long a run may take beyond its pace.
const GRACE: Duration = Duration::from_secs(120);

/// A server with pairs of members of one organization.
pub struct Scene {
    /// Messages that they exchanged before.
    pub history: u64,
    server: Server,
    people: Vec<[Member; 2]>,
    pairs: Vec<Pair>,
    /// By each sender.
    sent: usize,
}

/// Somebody in the organization.
struct Member {
    token: String,
    user: String,
}

impl Scene {
    /// Starts a server, has everybody join, and puts a history into its database.
    pub async fn open(tenon: &Path, store: &mut Store, pairs: usize, history: u64) -> Result<Self> {
        let launch = Launch {
            core: None,
            environment: &RAISED,
        };
        let server = Server::launch(Kind::Tenon, tenon, store, &launch).await?;
        let (organization, mut senders) = members(&server, 2 * pairs).await.context("joining")?;
        let recipients = senders.split_off(pairs);
        let people: Vec<[Member; 2]> = senders.into_iter().zip(recipients).map(Into::into).collect();
        if history > 0 {
            let users = people
                .iter()
                .map(|pair| pair.each_ref().map(|member| member.user.clone()));
            History::new(organization, users.collect(), history).put(&server)?;
        }
        Ok(Self {
            history,
            server,
            people,
            pairs: Vec::new(),
            sent: 0,
        })
    }

    /// Connects everybody anew: nobody answered pings while another server had its turn.
    pub async fn connect(&mut self) -> Result<()> {
        self.pairs.clear();
        for (number, [sender, recipient]) in self.people.iter().enumerate() {
            let from = Line::open(self.server.address, &sender.token).await?;
            let to = Line::open(self.server.address, &recipient.token).await?;
            self.pairs
                .push(Pair::new(number, from, to, recipient.user.clone(), self.sent));
        }
        Ok(())
    }

    /// Has each pair exchange so many messages.
    ///
    /// # Errors
    /// When a message is refused, or does not come once and in order.
    pub async fn exchange(&mut self, traffic: Traffic) -> Result<Exchanged> {
        let all = RefCell::new(Exchanged::nothing()?);
        let count = u32::try_from(self.pairs.len())?;
        let every = traffic.every.unwrap_or_default();
        let pairs = self.pairs.iter_mut().zip(0_u32..);
        let exchanging = pairs.map(|(pair, index)| pair.exchange(traffic, every * index / count, &all));
        let limit = every * u32::try_from(traffic.messages)? + GRACE;
        tokio::time::timeout(limit, unconstrained(try_join_all(exchanging)))
            .await
            .context("messages were lost")??;
        self.sent += traffic.messages;
        Ok(all.into_inner())
    }

    /// The processes to watch while it works.
    pub fn watched(&self, store: &Store) -> Watched {
        Watched {
            servers: vec![self.server.id()],
            databases: store.process_id().into_iter().collect(),
        }
    }
}

/// Everybody, and the organization that they are in.
async fn members(server: &Server, count: usize) -> Result<(String, Vec<Member>)> {
    let owner = registered(server, EMAIL).await?;
    let signed_in = call(server.address, &Kind::Tenon.login(EMAIL, PASSWORD)).await?;
    let organization = text(&signed_in, "/organization/id")?;
    let mut members = Vec::new();
    for number in 0..count {
        let email = format!("member{number}@bench.example");
        let member = registered(server, &email).await?;
        let invitation = json!({ "email": email, "role": "member" });
        let path = format!("/api/orgs/{organization}/invitations");
        let invited = post(server.address, &path, &owner.token, &invitation).await?;
        let accepted = json!({ "token": text(&invited, "/token")? });
        post(server.address, "/api/invitations/accept", &member.token, &accepted).await?;
        let there = json!({ "organizationId": organization });
        let switched = post(server.address, "/api/auth/switch", &member.token, &there).await?;
        members.push(Member {
            token: text(&switched, "/accessToken")?,
            user: member.user,
        });
    }
    Ok((organization, members))
}

async fn registered(server: &Server, email: &str) -> Result<Member> {
    call(server.address, &Kind::Tenon.register(email, PASSWORD)).await?;
    let session = sign_in(Kind::Tenon, server.address, email, PASSWORD).await?;
    Ok(Member {
        token: session.token,
        user: session.user,
    })
}
