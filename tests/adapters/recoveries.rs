//! What clients go on with that were cut off.

use std::sync::Arc;
use std::time::Duration;

use tenon_kernel::Recoveries;
use tenon_local::LocalRecoveries;
use tenon_redis::RedisRecoveries;
use tenon_tests::race::race;

use crate::counters::{connect, url};
use crate::tickets::ticket as key;

async fn a_state_is_taken_by_one_of_many_at_once(recoveries: Arc<dyn Recoveries>) {
    for _ in 0..20 {
        let key = key();
        let state = b"\0state\xff".to_vec();
        recoveries
            .keep(key, state.clone(), Duration::from_secs(30))
            .await
            .unwrap();
        let taken = race((0..8).map(|_| {
            let recoveries = Arc::clone(&recoveries);
            async move { recoveries.take(key).await.unwrap() }
        }));
        let taken: Vec<_> = taken.await.into_iter().flatten().collect();
        assert_eq!(taken, [state]);
    }
}

async fn a_state_ends_with_its_life_and_its_key_finds_no_other(recoveries: Arc<dyn Recoveries>) {
    let (short, long) = (key(), key());
    assert_eq!(recoveries.take(short).await.unwrap(), None);
    recoveries
        .keep(short, vec![1], Duration::from_millis(20))
        .await
        .unwrap();
    recoveries.keep(long, vec![2], Duration::from_secs(30)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(recoveries.take(short).await.unwrap(), None);
    assert_eq!(recoveries.take(long).await.unwrap(), Some(vec![2]));
}

async fn the_latest_state_under_a_key_is_kept(recoveries: Arc<dyn Recoveries>) {
    let key = key();
    for state in [1, 2] {
        recoveries
            .keep(key, vec![state], Duration::from_secs(30))
            .await
            .unwrap();
    }
    assert_eq!(recoveries.take(key).await.unwrap(), Some(vec![2]));
}

macro_rules! for_each_store_of_recoveries {
    ($($name:ident),+) => {
        mod local {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Arc::new(super::LocalRecoveries::default())).await;
            })+
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Arc::new(super::RedisRecoveries::new(super::connect(&super::url()).await))).await;
            })+
        }
    };
}

for_each_store_of_recoveries!(
    a_state_is_taken_by_one_of_many_at_once,
    a_state_ends_with_its_life_and_its_key_finds_no_other,
    the_latest_state_under_a_key_is_kept
);
