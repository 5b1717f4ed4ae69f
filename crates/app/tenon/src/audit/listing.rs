use tenon_audit::{Audit, Chain, Recorded, Which};
use tenon_http::lines;
use tenon_kernel::{Limit, OrganizationId};

use super::AuditError;
use crate::command_line::AuditList;
use crate::pages;

/// Prints entries a page at a time, so that it takes no more memory for many.
pub(super) async fn list(audit: &Audit, list: &AuditList) -> Result<(), AuditError> {
    let which = Which {
        chain: list.organization.map(Chain::Organization),
        action: list.action,
    };
    let mut page = pages::first(Limit::new(u64::from(Limit::MAX)).unwrap_or_default());
    if let Some(organization) = list.organization {
        assert_known(audit, organization).await?;
    }
    let mut left = list.limit.unwrap_or(u64::MAX);
    while left > 0 {
        let listed = audit.list(&which, &page).await?;
        for entry in &listed.items {
            if left == 0 {
                break;
            }
            left -= 1;
            list.format.say(|| lines::entry(entry), || line(entry))?;
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    Ok(())
}

/// An id that is mistyped is no empty log.
async fn assert_known(audit: &Audit, organization: OrganizationId) -> Result<(), AuditError> {
    let all = Which {
        chain: Some(Chain::Organization(organization)),
        action: None,
    };
    match audit.list(&all, &pages::first(Limit::ONE)).await?.items.is_empty() {
        true => Err(AuditError::NoLog(organization)),
        false => Ok(()),
    }
}

fn line(entry: &Recorded) -> String {
    let (at, sequence, action) = (entry.id.time(), entry.sequence, &entry.action);
    let chain = match entry.chain {
        Chain::Installation => "installation".to_owned(),
        Chain::Organization(organization) => organization.to_string(),
    };
    let actor = match (&entry.actor_email, entry.actor_id) {
        (Some(email), _) => format!("{} {email}", entry.actor_kind),
        (None, Some(id)) => format!("{} {id}", entry.actor_kind),
        (None, None) => entry.actor_kind.clone(),
    };
    let subject = match (&entry.subject_kind, &entry.subject_id) {
        (Some(kind), Some(id)) => format!("  {kind} {id}"),
        _ => String::new(),
    };
    let address = entry.address.as_ref().map(|address| format!("  from {address}"));
    let (address, details) = (address.unwrap_or_default(), details(&entry.details));
    format!("{at}  {chain} {sequence}  {action}  by {actor}{subject}{address}{details}")
}

fn details(json: &str) -> String {
    match json {
        "{}" => String::new(),
        json => format!("  {json}"),
    }
}
