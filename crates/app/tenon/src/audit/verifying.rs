use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenon_audit::{Audit, Broken, Chain, Fault, Head, Progress, Report};
use tenon_kernel::OrganizationId;

use super::AuditError;
use crate::terminal::{say, tell};

/// Between two lines of progress.
const SILENCE: Duration = Duration::from_secs(1);

/// Broken chains of which programs are told; there may be any number.
const MOST: usize = 100;

/// Goes through one chain or through all.
pub(super) async fn verify(audit: &Audit, organization: Option<OrganizationId>, json: bool) -> Result<(), AuditError> {
    let mut told = Instant::now();
    let progress = |progress: Progress| {
        if !json && told.elapsed() >= SILENCE {
            told = Instant::now();
            tell(format_args!(
                "{} entries of {} chains",
                progress.entries, progress.chains
            ));
        }
    };
    let mut found = Vec::new();
    let broken = |broken: Broken| {
        if !json {
            let (chain, sequence, fault) = (name(broken.chain), broken.sequence, broken.fault);
            say(format_args!("{chain}: entry {sequence}: {fault}"));
        } else if found.len() < MOST {
            found.push(broken);
        }
    };
    let report = audit
        .verify(organization.map(Chain::Organization), progress, broken)
        .await?;
    if let (Some(organization), 0, 0) = (organization, report.entries, report.broken) {
        return Err(AuditError::NoLog(organization));
    }
    match json {
        true => say(object(&report, &found)),
        false => say(summary(&report)),
    }
    match report.broken {
        0 => Ok(()),
        broken => Err(AuditError::Broken(broken)),
    }
}

fn name(chain: Chain) -> String {
    match chain {
        Chain::Installation => "the installation".to_owned(),
        Chain::Organization(organization) => format!("organization {organization}"),
    }
}

fn summary(report: &Report) -> String {
    let (entries, chains) = (report.entries, report.chains);
    let head = report.head.map(|head| {
        let (chain, sequence, hash) = (name(head.chain), head.sequence, head.hash);
        format!("; {chain} ends at {sequence} with {hash}")
    });
    let head = head.unwrap_or_default();
    format!("{entries} entries in {chains} chains are as they were written{head}")
}

fn object(report: &Report, found: &[Broken]) -> Value {
    let organization = |chain: Chain| chain.organization().map(|id| id.to_string());
    let broken = |broken: &Broken| {
        json!({
            "organizationId": organization(broken.chain),
            "sequence": broken.sequence,
            "fault": broken.fault.as_str(),
            "until": until(broken.fault),
        })
    };
    let head = |head: Head| {
        json!({
            "organizationId": organization(head.chain),
            "sequence": head.sequence,
            "hash": head.hash.to_string(),
        })
    };
    json!({
        "sound": report.broken == 0,
        "chains": report.chains,
        "entries": report.entries,
        "brokenChains": report.broken,
        "broken": found.iter().map(broken).collect::<Vec<Value>>(),
        "head": report.head.map(head),
    })
}

fn until(fault: Fault) -> Option<u64> {
    match fault {
        Fault::CutOff { until } => Some(until),
        Fault::Missing | Fault::Changed | Fault::BeyondHead | Fault::OtherHead => None,
    }
}
