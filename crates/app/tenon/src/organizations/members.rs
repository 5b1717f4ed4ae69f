use serde_json::json;
use tenon_accounts::{NamedMember, Tenancy};
use tenon_http::lines;
use tenon_kernel::{Device, OrganizationId, Role};

use super::{OrganizationsError, account};
use crate::command_line::{ChosenMember, Format, MembersCommand};
use crate::operator;
use crate::pages;

pub(super) async fn run(tenancy: &Tenancy, command: MembersCommand) -> Result<(), OrganizationsError> {
    match command {
        MembersCommand::List { organization, format } => list(tenancy, organization, format).await,
        MembersCommand::Add { member, role } => add(tenancy, &member, role).await,
        MembersCommand::Role { member, role } => change_role(tenancy, &member, role).await,
        MembersCommand::Remove(member) => remove(tenancy, &member).await,
    }
}

async fn list(tenancy: &Tenancy, organization: OrganizationId, format: Format) -> Result<(), OrganizationsError> {
    let list = async |page: &_| tenancy.members_of(organization, page).await;
    let print = |member: &NamedMember| format.say(|| lines::member(member), || line(member));
    Ok(pages::each(list, print).await?)
}

async fn add(tenancy: &Tenancy, chosen: &ChosenMember, role: Role) -> Result<(), OrganizationsError> {
    let user = account(tenancy, &chosen.account).await?;
    let added = tenancy.add_member(chosen.organization, user, role, &here()).await?;
    say(&added, chosen.format)
}

async fn change_role(tenancy: &Tenancy, chosen: &ChosenMember, role: Role) -> Result<(), OrganizationsError> {
    let user = account(tenancy, &chosen.account).await?;
    let changed = tenancy.change_role_of(chosen.organization, user, role, &here()).await?;
    say(&changed, chosen.format)
}

async fn remove(tenancy: &Tenancy, chosen: &ChosenMember) -> Result<(), OrganizationsError> {
    let user = account(tenancy, &chosen.account).await?;
    let removed = tenancy.remove_from(chosen.organization, user, &here()).await?;
    chosen.format.say(
        || Ok(json!({ "userId": removed.user.to_string(), "removed": true })),
        || format!("{} is no member any more", removed.email.as_str()),
    )
}

fn here() -> Device {
    operator::device("members")
}

fn say(member: &NamedMember, format: Format) -> Result<(), OrganizationsError> {
    Ok(format.say(|| lines::member(member), || line(member))?)
}

fn line(member: &NamedMember) -> String {
    let (user, email, name) = (member.user, member.email.as_str(), member.display_name.as_str());
    let (role, since) = (member.role, member.created_at);
    format!("{user}  {email}  {name}  {role}  since {since}")
}
