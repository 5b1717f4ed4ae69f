use tenon_client::Session;
use tenon_client::api::{ApiError, Member};
use uuid::Uuid;

/// The members of the organization, as the server last said.
pub struct People(Vec<Member>);

impl People {
    pub async fn ask(session: &Session) -> Result<Self, ApiError> {
        let mut members = session.members().await?;
        members.sort_by_key(|member| member.display_name.to_lowercase());
        Ok(Self(members))
    }

    pub fn all(&self) -> &[Member] {
        &self.0
    }

    /// Who has this address, or this number in the list, which begins with 1.
    pub fn find(&self, text: &str) -> Option<&Member> {
        let numbered = text
            .parse::<usize>()
            .ok()
            .and_then(|number| self.0.get(number.checked_sub(1)?));
        numbered.or_else(|| self.0.iter().find(|member| member.email.eq_ignore_ascii_case(text)))
    }

    /// What somebody is called; their id, if they are not among the members.
    pub fn name(&self, user: Uuid) -> String {
        let known = self.0.iter().find(|member| member.user_id == user);
        known.map_or_else(|| user.to_string(), |member| member.display_name.clone())
    }

    /// Whether this is one of the members.
    pub fn has(&self, user: Uuid) -> bool {
        self.0.iter().any(|member| member.user_id == user)
    }
}
