//! Connections that end in the middle of a frame, of the client's or of the server's, while the server goes on.

use tenon_tests::fault_proxy::{FaultProxy, Trouble};
use tenon_tests::for_each_setup;

use super::correspondence::Correspondence;
use super::doors::Doors;
use super::options;

/// What passes in each direction at most. A frame with a message has up to 4 KiB, so that most cuts are within one.
const WITHIN: usize = 24 * 1024;

for_each_setup!(
    connections_cut_within_frames_lose_no_message_that_was_acknowledged_and_double_none,
    |setup| {
        let app = options(setup).start().await;
        let proxy = FaultProxy::to(app.address()).await;
        proxy.trouble(Trouble::Cutting {
            within: WITHIN,
            seed: 1,
        });
        let doors = |person| Doors::of(vec![person]).through(proxy.address);
        let mut correspondence = Correspondence::begin(&app, doors).await;
        for _ in 0..10 {
            correspondence.more(100).await;
        }
        let cuts = correspondence.end(&format!("{setup:?}, cut off")).await;
        assert!(cuts >= 100, "{cuts} connections were cut");
    }
);
