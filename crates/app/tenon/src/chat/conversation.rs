use std::collections::{HashMap, HashSet};

use tenon_client::messenger::Progress;
use tenon_client::{Incoming, Messenger};
use uuid::Uuid;

use super::ChatError;
use super::event::{Event, Person};
use super::input::{Input, Wish};
use super::people::People;
use super::screen::Screen;

/// A messenger, somebody in front of it, and whom they talk to.
pub struct Conversation {
    pub(super) messenger: Messenger,
    pub(super) screen: Screen,
    input: Input,
    pub(super) people: People,
    peer: Option<Uuid>,
    /// The last message of each person that was not looked at.
    unread: HashMap<Uuid, u64>,
    /// Messages of which it was not told yet whether they were sent.
    open: HashSet<Uuid>,
    /// Who is not written to: their keys changed since the numbers were compared.
    pub(super) held: HashSet<Uuid>,
}

impl Conversation {
    /// Begins to talk to whoever has this address, or to nobody yet.
    pub async fn begin(
        messenger: Messenger,
        screen: Screen,
        input: Input,
        to: Option<&str>,
    ) -> Result<Self, ChatError> {
        let people = People::ask(messenger.session()).await?;
        let held = messenger.lapsed().await?.into_iter().collect();
        let session = messenger.session();
        screen.show(&Event::Ready {
            user: session.user(),
            email: session.email(),
        });
        let mut conversation = Self {
            messenger,
            screen,
            input,
            people,
            peer: None,
            unread: HashMap::new(),
            open: HashSet::new(),
            held,
        };
        match to {
            Some(to) if conversation.people.find(to).is_none() => return Err(ChatError::Nobody(to.to_owned())),
            Some(to) => conversation.talk_to(to).await?,
            None => conversation.list(),
        }
        Ok(conversation)
    }

    /// Until the input ends, the person quits, or the messenger cannot go on.
    pub async fn go_on(mut self) -> Result<(), ChatError> {
        let mut is_over = false;
        loop {
            if is_over && self.open.is_empty() && self.messenger.unsent().await? == 0 {
                break;
            }
            tokio::select! {
                wish = self.input.next(), if !is_over => match wish {
                    Some(Wish::Quit) => break,
                    Some(wish) => self.follow(wish).await?,
                    // What was said before is sent first.
                    None => is_over = true,
                },
                incoming = self.messenger.next() => match incoming {
                    Some(Incoming::Ended { reason }) => return Err(ChatError::Ended(reason)),
                    Some(incoming) => self.tell(incoming).await?,
                    None => return Err(ChatError::Ended("the messenger has ended".to_owned())),
                },
                _ = tokio::signal::ctrl_c() => break,
            }
        }
        self.messenger.close().await;
        Ok(())
    }

    async fn follow(&mut self, wish: Wish) -> Result<(), ChatError> {
        match wish {
            Wish::Say(text) => self.say(text).await?,
            Wish::Help => self.screen.show(&Event::Help),
            Wish::People => {
                self.people = People::ask(self.messenger.session()).await?;
                self.list();
            }
            Wish::TalkTo(whom) => self.talk_to(&whom).await?,
            Wish::Safety => self.safety(false).await?,
            Wish::Verify => self.safety(true).await?,
            Wish::SendAnyway => self.send_anyway().await?,
            Wish::History(most) => self.history(most).await?,
            Wish::Unknown(line) => self.complain(&format!("{line}: there is no such command; see /help")),
            Wish::Quit => {}
        }
        Ok(())
    }

    pub(super) fn complain(&self, detail: &str) {
        self.screen.show(&Event::Error { detail });
    }

    fn list(&self) {
        let people = self.people.all().iter().map(|member| Person {
            user: member.user_id,
            name: &member.display_name,
            email: &member.email,
        });
        self.screen.show(&Event::People {
            people: people.collect(),
        });
    }

    async fn talk_to(&mut self, whom: &str) -> Result<(), ChatError> {
        if self.people.find(whom).is_none() {
            self.people = People::ask(self.messenger.session()).await?;
        }
        let Some(member) = self.people.find(whom) else {
            self.complain(&format!("nobody in your organization is {whom}"));
            return Ok(());
        };
        self.peer = Some(member.user_id);
        self.screen.show(&Event::Talking {
            user: member.user_id,
            name: &member.display_name,
            email: &member.email,
        });
        if let Some(up_to) = self.unread.remove(&member.user_id) {
            self.messenger.read(member.user_id, up_to).await?;
        }
        Ok(())
    }

    /// Whom the person talks to; complains when there is nobody.
    pub(super) fn listener(&self) -> Option<Uuid> {
        if self.peer.is_none() {
            self.complain("whom to? Say /people, then /to ADDRESS");
        }
        self.peer
    }

    async fn say(&mut self, text: String) -> Result<(), ChatError> {
        let Some(peer) = self.listener() else { return Ok(()) };
        if self.held.contains(&peer) {
            let name = self.people.name(peer);
            self.screen.show(&Event::Held {
                user: peer,
                name: &name,
            });
            return Ok(());
        }
        match self.messenger.send(peer, text).await {
            Ok(id) => {
                self.open.insert(id);
                self.screen.show(&Event::Queued { id });
            }
            Err(error @ tenon_client::messenger::Error::TextLength) => self.complain(&error.to_string()),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn safety(&mut self, verify: bool) -> Result<(), ChatError> {
        let Some(peer) = self.listener() else { return Ok(()) };
        let mut safety = match self.messenger.safety(peer).await {
            Ok(Some(safety)) => safety,
            Ok(None) => {
                self.complain("one of you has no keys yet");
                return Ok(());
            }
            Err(error) => {
                self.complain(&error.to_string());
                return Ok(());
            }
        };
        if verify {
            self.messenger.verified(peer, safety.number.clone()).await?;
            self.held.remove(&peer);
            safety.verified = true;
        }
        self.screen.show(&Event::Safety {
            user: peer,
            name: &self.people.name(peer),
            number: safety.number.digits(),
            verified: safety.verified,
        });
        Ok(())
    }

    async fn history(&mut self, most: usize) -> Result<(), ChatError> {
        let Some(peer) = self.listener() else { return Ok(()) };
        for record in self.messenger.history(peer, most).await? {
            self.screen.show(&Event::History {
                id: record.id,
                from: record.from,
                name: &self.people.name(record.from),
                at: &record.at,
                text: &record.text,
            });
        }
        Ok(())
    }

    pub(super) async fn name(&mut self, user: Uuid) -> String {
        if !self.people.has(user)
            && let Ok(people) = People::ask(self.messenger.session()).await
        {
            self.people = people;
        }
        self.people.name(user)
    }

    async fn tell(&mut self, incoming: Incoming) -> Result<(), ChatError> {
        let screen = self.screen;
        match &incoming {
            Incoming::Message(message) => {
                let name = self.name(message.from).await;
                screen.show(&Event::Message {
                    id: message.id,
                    from: message.from,
                    peer: message.peer,
                    name: &name,
                    at: &message.at,
                    mode: message.mode,
                    again: message.again,
                    text: &message.text,
                });
                let is_own = message.from == self.messenger.session().user();
                if !is_own && self.peer == Some(message.peer) {
                    self.messenger.read(message.peer, message.seq).await?;
                } else if !is_own {
                    self.unread.insert(message.peer, message.seq);
                }
            }
            Incoming::Receipt { peer, progress, ids } => match progress {
                Progress::Read => screen.show(&Event::Read { ids, by: *peer }),
                Progress::Delivered | Progress::Sent => screen.show(&Event::Delivered { ids, by: *peer }),
            },
            Incoming::Sent { id, .. } => {
                self.open.remove(id);
                screen.show(&Event::Sent { id: *id });
            }
            Incoming::NotSent(refused) => {
                self.open.remove(&refused.id);
                screen.show(&Event::NotSent {
                    id: refused.id,
                    code: &refused.code,
                    detail: &refused.detail,
                });
            }
            Incoming::Online => screen.show(&Event::Online),
            Incoming::Offline => screen.show(&Event::Offline),
            other => {
                // One's own change makes other numbers of all that were compared.
                if matches!(other, Incoming::KeysChanged { was_verified: true, .. }) {
                    self.held = self.messenger.lapsed().await?.into_iter().collect();
                }
                self.warn(other).await;
            }
        }
        Ok(())
    }
}
