use serde_json::json;
use tenon_graph::{AskError, Subscription};
use tenon_http::lines;
use tenon_kernel::{Device, OrganizationId};

use super::{GraphCommandError, assert_known};
use crate::command_line::{ChosenSubscription, Format, SubscriptionsCommand};
use crate::operator;
use crate::pages;
use crate::prompt;
use crate::wiring::GraphAdministration;

pub(super) async fn run(graph: &GraphAdministration, command: SubscriptionsCommand) -> Result<(), GraphCommandError> {
    match command {
        SubscriptionsCommand::List { organization, format } => list(graph, organization, format).await,
        SubscriptionsCommand::Show(chosen) => say(&find(graph, chosen).await?, chosen.format),
        SubscriptionsCommand::Renew(chosen) => renew(graph, chosen).await,
        SubscriptionsCommand::Delete { chosen, yes } => delete(graph, chosen, yes).await,
    }
}

async fn list(
    graph: &GraphAdministration,
    organization: OrganizationId,
    format: Format,
) -> Result<(), GraphCommandError> {
    assert_known(graph, organization).await?;
    let list = async |page: &_| graph.subscriptions.list_of(organization, page).await;
    let print = |found: &Subscription| format.say(|| lines::subscription(found), || line(found));
    Ok(pages::each(list, print).await?)
}

async fn find(graph: &GraphAdministration, chosen: ChosenSubscription) -> Result<Subscription, GraphCommandError> {
    assert_known(graph, chosen.organization).await?;
    let (organization, id) = (chosen.organization, chosen.subscription);
    Ok(graph.subscriptions.find_of(organization, id).await?)
}

async fn renew(graph: &GraphAdministration, chosen: ChosenSubscription) -> Result<(), GraphCommandError> {
    let id = find(graph, chosen).await?.id;
    match graph.subscriptions.renew_now(chosen.organization, id, &here()).await? {
        Some(renewed) => say(&renewed, chosen.format),
        None => gone(chosen),
    }
}

async fn delete(
    graph: &GraphAdministration,
    chosen: ChosenSubscription,
    is_sure: bool,
) -> Result<(), GraphCommandError> {
    let found = find(graph, chosen).await?;
    let question = format!("Delete the subscription to {}?", found.resource.as_str());
    prompt::confirm(&question, is_sure)?;
    match graph
        .subscriptions
        .end_now(chosen.organization, found.id, &here())
        .await
    {
        Ok(()) => gone(chosen),
        Err(error @ (AskError::Graph(_) | AskError::Unasked(_))) => Err(GraphCommandError::Leaving(error)),
        Err(error) => Err(error.into()),
    }
}

fn here() -> Device {
    operator::device("graph")
}

fn gone(chosen: ChosenSubscription) -> Result<(), GraphCommandError> {
    chosen.format.say(
        || Ok(json!({ "id": chosen.subscription.to_string(), "deleted": true })),
        || "the subscription is gone, at Microsoft Graph too",
    )
}

fn say(subscription: &Subscription, format: Format) -> Result<(), GraphCommandError> {
    Ok(format.say(|| lines::subscription(subscription), || line(subscription))?)
}

fn line(subscription: &Subscription) -> String {
    let (id, state) = (subscription.id, subscription.state.as_str());
    let (changes, resource) = (subscription.changes.joined(), subscription.resource.as_str());
    let until = subscription.expires_at.map(|at| format!("  until {at}"));
    let due = match (subscription.resync_since, subscription.delta_since) {
        (Some(since), _) => format!("  to be read anew since {since}"),
        (None, Some(since)) => format!("  a delta query is due since {since}"),
        (None, None) => String::new(),
    };
    let problem = subscription
        .problem
        .as_ref()
        .map(|problem| format!("  problem: {problem}"));
    let (until, problem) = (until.unwrap_or_default(), problem.unwrap_or_default());
    format!("{id}  {state}  {changes}  {resource}{until}{due}{problem}")
}
