use std::sync::Arc;

use tenon_kernel::{Action, Member, OrganizationId, Page, PageRequest, Role, Unavailable};

use crate::{Broken, Chain, Ledger, Position, Progress, Recorded, Report, Which, verifying};

/// Why the audit log was not shown.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The member's token is for another organization; to them, this one does not exist.
    #[error("no such organization")]
    OtherOrganization,
    /// It takes this role.
    #[error("it takes the role {0}")]
    Role(Role),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Reads the audit log.
#[derive(Clone)]
pub struct Audit {
    ledger: Arc<dyn Ledger>,
}

impl Audit {
    /// Over this store.
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger }
    }

    /// What an organization's log tells, newest first; takes an admin.
    ///
    /// # Errors
    ///
    /// As [`AuditError`] says.
    pub async fn of_organization(
        &self,
        member: &Member,
        organization: OrganizationId,
        action: Option<Action>,
        page: &PageRequest<Position>,
    ) -> Result<Page<Recorded, Position>, AuditError> {
        if member.organization != organization {
            return Err(AuditError::OtherOrganization);
        }
        if member.role < Role::Admin {
            return Err(AuditError::Role(Role::Admin));
        }
        let which = Which {
            chain: Some(Chain::Organization(organization)),
            action,
        };
        Ok(self.ledger.list(&which, page).await?)
    }

    /// What the logs tell, newest first; for the operator.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn list(
        &self,
        which: &Which,
        page: &PageRequest<Position>,
    ) -> Result<Page<Recorded, Position>, Unavailable> {
        self.ledger.list(which, page).await
    }

    /// Goes through one chain, or through all, and says what is wrong. While it does, entries may be added.
    ///
    /// `progress` hears of each piece, `broken` of the first fault of each chain that has one. Takes memory for some entries, however
    /// many there are.
    ///
    /// # Errors
    ///
    /// [`Unavailable`]; what was found until then was told.
    pub async fn verify(
        &self,
        only: Option<Chain>,
        mut progress: impl FnMut(Progress),
        mut broken: impl FnMut(Broken),
    ) -> Result<Report, Unavailable> {
        let mut report = Report::default();
        if let Some(chain) = only {
            let sound = verifying::chain(&*self.ledger, chain, &mut report, &mut progress, &mut broken).await?;
            report.head = Some(sound);
            return Ok(report);
        }
        let mut last = None;
        while let Some(chain) = self.ledger.next_chain(last).await? {
            let sound = verifying::chain(&*self.ledger, chain, &mut report, &mut progress, &mut broken).await?;
            if chain == Chain::Installation {
                report.head = Some(sound);
            }
            last = Some(chain);
        }
        Ok(report)
    }
}
