//! kill -9 for the instance that everybody writes and reads at.

use tenon_tests::app::number_of_kills;
use tenon_tests::for_each_setup;

use super::correspondence::Correspondence;
use super::doors::Doors;
use super::options;

for_each_setup!(
    kills_of_the_server_lose_no_message_that_was_acknowledged_and_double_none,
    |setup| {
        let mut app = options(setup).start().await;
        let mut correspondence = Correspondence::begin(&app, |person| Doors::of(vec![person])).await;
        let kills = number_of_kills(15);
        for kill in 0..kills {
            // Another moment of the commits each time.
            correspondence.more(10 + 7 * (kill % 9)).await;
            app.kill().await;
            app.start_again().await;
        }
        correspondence.more(50).await;
        correspondence.end(&format!("{setup:?}, {kills} kills")).await;
    }
);
