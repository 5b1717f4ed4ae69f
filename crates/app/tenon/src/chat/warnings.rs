//! What a person is told of somebody's keys, and decides.

use tenon_client::Incoming;

use super::ChatError;
use super::conversation::Conversation;
use super::event::Event;

impl Conversation {
    pub(super) async fn send_anyway(&mut self) -> Result<(), ChatError> {
        let Some(peer) = self.listener() else { return Ok(()) };
        if self.held.remove(&peer) {
            self.messenger.accept(peer).await?;
            let name = self.people.name(peer);
            self.screen.show(&Event::Released {
                user: peer,
                name: &name,
            });
        } else {
            self.complain("nothing is held");
        }
        Ok(())
    }

    pub(super) async fn warn(&mut self, incoming: &Incoming) {
        match incoming {
            Incoming::Undecryptable(unopened) => {
                let name = self.name(unopened.from).await;
                self.screen.show(&Event::Undecryptable {
                    id: unopened.id,
                    from: unopened.from,
                    name: &name,
                    reason: &unopened.reason,
                });
            }
            Incoming::KeysChanged { user, was_verified, .. } => {
                let name = self.name(*user).await;
                self.screen.show(&Event::KeysChanged {
                    user: *user,
                    name: &name,
                    was_verified: *was_verified,
                });
            }
            Incoming::KeyLogBroken { user, reason } => {
                let name = self.name(*user).await;
                let user = *user;
                self.screen.show(&Event::KeyLogBroken {
                    user,
                    name: &name,
                    reason,
                });
            }
            Incoming::KeyLogMended { user } => {
                let name = self.name(*user).await;
                let user = *user;
                self.screen.show(&Event::KeyLogMended { user, name: &name });
            }
            _ => {}
        }
    }
}
