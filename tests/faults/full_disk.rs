//! A disk without space.

use std::fs;
use std::time::Duration;

use serde_json::json;
use tenon_tests::app::Setup;
use tenon_tests::disk::{TRAPPED, limit, log_of};

use tenon_tests::waiting::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_space_writes_are_refused_reads_go_on_and_nothing_is_lost() {
    let mut app = Setup::SqliteAlone.options().through(&TRAPPED).start().await;
    let ada = app.register("ada").await;
    let mut made = Vec::new();
    for number in 0..50 {
        made.push(ada.made_asset(&format!("Pump {number}")).await);
    }

    limit(&app, Some(fs::metadata(log_of(&app)).unwrap().len()));
    let mut refused = 0;
    for number in 0..20 {
        let answer = ada.create_asset(&json!({ "title": format!("Valve {number}") })).await;
        // What still fits, fits.
        if answer.status == 201 {
            made.push(tenon_tests::app::id(&answer.json()));
        } else {
            answer.problem(503, "unavailable");
            refused += 1;
        }
    }
    assert!(refused > 15, "{refused} of 20 were refused");
    for asset in &made {
        ada.asset(asset).await.expect(200);
    }
    assert_eq!(ada.all("/api/assets?limit=100").await.len(), made.len());
    app.anonymous().health().await.expect(200);

    limit(&app, None);
    until("writes work again", Duration::from_secs(5), async || {
        let answer = ada.create_asset(&json!({ "title": "Filter" })).await;
        if answer.status == 201 {
            made.push(tenon_tests::app::id(&answer.json()));
        }
        answer.status == 201
    })
    .await;
    app.kill().await;
    app.start_again().await;
    for asset in &made {
        ada.asset(asset).await.expect(200);
    }
    assert_eq!(ada.all("/api/assets?limit=100").await.len(), made.len());
}
