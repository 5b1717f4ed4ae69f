//! The overview of a server that has something to do.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::json;
use tenon_tests::app::Person;
use tenon_tests::jobs::enqueue;
use tenon_tests::stores::TestStore;
use tokio::time::interval;

use super::desk::Desk;
use super::pages::lived_in;

/// How many listen, and how many events they are sent, one turn after the other.
const TURNS: [(usize, u32); 10] = [
    (3, 2),
    (4, 5),
    (6, 3),
    (9, 8),
    (10, 12),
    (9, 7),
    (7, 9),
    (5, 4),
    (4, 2),
    (3, 1),
];

/// How many readings of the page a picture shows, and how many are enough to see a line.
const SHOWN: usize = 40;
const ENOUGH: usize = 2;

/// Sockets come and go in waves, and so do events. Four people have two sockets each at most, which is far from too many.
async fn bustle(ada: Person, crowd: [Person; 4]) {
    let mut crowd = crowd.iter().cycle();
    let mut listening = VecDeque::new();
    let mut turn = interval(Duration::from_millis(700));
    for (listeners, events) in TURNS.into_iter().cycle() {
        turn.tick().await;
        // Whoever has listened longest goes, since nobody here answers a ping.
        let going = (listening.len() + 1).saturating_sub(listeners).max(1);
        listening.drain(..going.min(listening.len()));
        while listening.len() < listeners {
            let next = crowd.next().unwrap();
            listening.push_back(next.socket().await);
        }
        for bar in 0..events {
            let data = json!({ "bar": bar });
            ada.emit(&ada.organization, "pump.pressure", &data).await.expect(200);
        }
    }
}

/// The line of a chart, once it has so many readings.
async fn has_readings(desk: &mut Desk, label: &str, count: usize) {
    let line = format!(
        "document.querySelector('.chart [aria-label^={}] .chart-line')",
        json!(format!("{label}:"))
    );
    desk.wait(&format!("{line}?.getAttribute('d').split('L').length >= {count}"))
        .await;
}

/// Until it was once more than nothing.
async fn rises(desk: &mut Desk, label: &str) {
    let chart = format!(
        "[...document.querySelectorAll('.chart')].find((chart) => chart.querySelector('figcaption').textContent === {})",
        json!(label)
    );
    desk.wait(&format!(
        "{chart}.querySelector('.chart-range').textContent !== 'most 0'"
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_overview_shows_by_itself_what_the_server_has_to_do_and_what_happened() {
    let (app, ada, asset) = lived_in().await;
    let mut crowd = Vec::new();
    for name in ["dan", "eve", "fay", "gus"] {
        crowd.push(ada.take_in(&app.register(name).await, "member").await);
    }
    let bustling = tokio::spawn(bustle(ada.clone(), crowd.try_into().unwrap()));
    let store = TestStore::beside(&app);
    enqueue(&store, 1).await;
    let mut desk = Desk::open(&app).await;
    desk.size(1600, 900, false).await;
    desk.sign_in(&ada).await;
    ada.delete_asset(&asset, "*").await.expect(204);
    desk.wait("document.querySelector('[aria-label=Activity] tbody tr')?.textContent.includes('asset.deleted')")
        .await;
    let pictured = std::env::var_os("TENON_TEST_PICTURES").is_some();
    for count in 1..=if pictured { SHOWN } else { ENOUGH } {
        has_readings(&mut desk, "Requests", count).await;
        enqueue(&store, usize::from(count % 8 == 0)).await;
    }
    for label in ["Requests", "Events delivered", "Open sockets", "Queue graph"] {
        has_readings(&mut desk, label, ENOUGH).await;
        rises(&mut desk, label).await;
    }
    desk.keep_picture("overview.png").await;
    assert!(!bustling.is_finished());
    bustling.abort();
    desk.leave().await;
}
