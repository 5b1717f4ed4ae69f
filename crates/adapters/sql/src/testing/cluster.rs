//! What is asked of the instances.

use std::time::Duration;

use tenon_cluster::{Instance, InstanceId, Signs};
use tenon_kernel::{ServiceState, Timestamp};

use crate::Store;

/// Asks everything that can be asked of instances.
pub async fn ask(store: &Store, now: Timestamp) {
    let instance = Instance {
        id: InstanceId::at(now),
        version: "1.0.0".to_owned(),
        started_at: now,
        seen_at: now,
        signs: Signs {
            sockets: 1,
            rooms: 1,
            jobs: 1,
            database: ServiceState::Down,
            redis: None,
        },
    };
    store.instances.beat(&instance, Duration::from_secs(60)).await.unwrap();
    store.instances.leave(instance.id).await.unwrap();
    assert_eq!(store.instances.list().await.unwrap(), []);
}
