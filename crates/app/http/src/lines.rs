//! What the command line prints as JSON: a line for each thing, as the API shows it.

use serde::Serialize;
use tenon_accounts::{ApiKey, IssuedKey, NamedMember, Organization, User};
use tenon_audit::Recorded;
use tenon_graph::Subscription;
use tenon_jobs::{Count, JobRecord};
use tenon_kernel::Unavailable;
use tenon_vault::Credential;

use crate::dto::api_keys::{ApiKeyView, IssuedKeyView};
use crate::dto::audit::AuditEntryView;
use crate::dto::credentials::CredentialView;
use crate::dto::graph::SubscriptionView;
use crate::dto::members::MemberView;
use crate::dto::organizations::OrganizationView;
use crate::dto::queues::{JobView, QueueView};
use crate::dto::users::AccountView;

/// A line, or why there is none: what is stored is not what Tenon wrote.
pub type Line = Result<String, Unavailable>;

fn line(view: &impl Serialize) -> Line {
    serde_json::to_string(view).map_err(|error| Unavailable::new("rendering", error))
}

pub fn account(user: &User) -> Line {
    line(&AccountView::of(user))
}

pub fn organization(organization: &Organization) -> Line {
    line(&OrganizationView::of(organization))
}

pub fn member(member: &NamedMember) -> Line {
    line(&MemberView::of(member))
}

pub fn api_key(key: &ApiKey) -> Line {
    line(&ApiKeyView::of(key))
}

/// With the token, which is shown this once.
pub fn issued_key(issued: &IssuedKey) -> Line {
    line(&IssuedKeyView::of(issued))
}

pub fn entry(entry: &Recorded) -> Line {
    line(&AuditEntryView::of(entry)?)
}

pub fn queue(count: &Count) -> Line {
    line(&QueueView::of(count))
}

pub fn job(job: &JobRecord) -> Line {
    line(&JobView::of(job))
}

pub fn subscription(subscription: &Subscription) -> Line {
    line(&SubscriptionView::of(subscription))
}

/// Without what is secret of it.
pub fn credential(credential: &Credential) -> Line {
    line(&CredentialView::of(credential))
}
