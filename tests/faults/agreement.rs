//! What one instance revokes, the others refuse.

use std::time::Duration;

use tenon_tests::app::{Options, PASSWORD, Person, Setup, TestApp};

use tenon_tests::waiting::until;

/// What is promised.
const LIMIT: Duration = Duration::from_secs(5);

/// How long until an instance refuses the token of somebody, which it took until now.
async fn refused(what: &str, who: &Person, app: &TestApp) {
    let there = who.at(app);
    let took = until(what, LIMIT, async || there.me().await.status == 401).await;
    there.me().await.problem(401, "token_invalid");
    eprintln!("{what}: refused after {took:?}");
}

async fn accepted(who: &Person, apps: [&TestApp; 2]) {
    for app in apps {
        who.at(app).me().await.expect(200);
    }
}

/// What happens to the same people through `here` and is looked at `there`.
async fn all_revocations(way: &str, here: &TestApp, there: &TestApp) {
    let apps = [here, there];
    let ada = here.register("ada").await;
    let device = ada.sign_in().await;
    accepted(&device, apps).await;
    ada.end_session(&device.session).await.expect(204);
    refused(&format!("{way}, a session"), &device, there).await;

    let device = ada.sign_in().await;
    accepted(&device, apps).await;
    device.logout().await.expect(204);
    refused(&format!("{way}, a logout"), &device, there).await;

    let device = ada.sign_in().await;
    accepted(&device, apps).await;
    ada.change_password(PASSWORD, "quince-jetty-57").await.expect(204);
    refused(&format!("{way}, a password"), &device, there).await;
    accepted(&ada, apps).await;

    let guest = ada.take_in(&here.register("bea").await, "member").await;
    accepted(&guest, apps).await;
    let etag = ada.member(&ada.organization, &guest.id).await.etag();
    ada.change_role(&ada.organization, &guest.id, &etag, "viewer")
        .await
        .expect(200);
    refused(&format!("{way}, a role"), &guest, there).await;
    let guest = guest.refreshed().await;
    accepted(&guest, apps).await;

    let etag = ada.member(&ada.organization, &guest.id).await.etag();
    ada.remove_member(&ada.organization, &guest.id, &etag).await.expect(204);
    refused(&format!("{way}, a membership"), &guest, there).await;
}

async fn both_ways(name: &str, options: Options) {
    let one = options.start().await;
    let other = one.another(&[]).await;
    let (forth, back) = (format!("{name}, one to other"), format!("{name}, other to one"));
    tokio::join!(
        all_revocations(&forth, &one, &other),
        all_revocations(&back, &other, &one),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_instance_revokes_the_other_refuses_within_5_seconds_with_redis() {
    both_ways("with Redis", Setup::PostgresWithRedis.options()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_instance_revokes_the_other_refuses_within_5_seconds_without_redis() {
    both_ways("without Redis", Setup::PostgresWithRedis.options().without_redis()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_instances_refuse_what_one_of_them_revoked() {
    let one = Setup::PostgresWithRedis.start().await;
    let (two, three) = tokio::join!(one.another(&[]), one.another(&[]));
    let ada = one.register("ada").await;
    accepted(&ada, [&two, &three]).await;
    ada.at(&two).logout().await.expect(204);
    tokio::join!(
        refused("to the first", &ada, &one),
        refused("to the third", &ada, &three),
    );
}
