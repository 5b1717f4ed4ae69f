//! Tickets that count once.

use std::sync::Arc;
use std::time::Duration;

use tenon_kernel::Tickets;
use tenon_local::LocalTickets;
use tenon_redis::RedisTickets;
use tenon_tests::accounts::bytes;
use tenon_tests::race::race;
use uuid::Uuid;

use crate::counters::{connect, url};

/// A ticket that no run has seen.
pub fn ticket() -> [u8; 32] {
    let mut ticket = bytes();
    ticket.split_at_mut(16).1.copy_from_slice(Uuid::new_v4().as_bytes());
    ticket
}

async fn a_ticket_is_redeemed_by_one_of_many_at_once(tickets: Arc<dyn Tickets>) {
    for _ in 0..20 {
        let ticket = ticket();
        tickets.issue(ticket, Duration::from_secs(30)).await.unwrap();
        let redeemed = race((0..8).map(|_| {
            let tickets = Arc::clone(&tickets);
            async move { tickets.redeem(ticket).await.unwrap() }
        }));
        assert_eq!(redeemed.await.into_iter().filter(|redeemed| *redeemed).count(), 1);
        assert!(!tickets.redeem(ticket).await.unwrap());
    }
}

async fn a_ticket_ends_with_its_life_and_none_is_made_by_asking(tickets: Arc<dyn Tickets>) {
    let (short, long) = (ticket(), ticket());
    assert!(!tickets.redeem(short).await.unwrap());
    tickets.issue(short, Duration::from_millis(20)).await.unwrap();
    tickets.issue(long, Duration::from_secs(30)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert!(!tickets.redeem(short).await.unwrap());
    assert!(tickets.redeem(long).await.unwrap());
}

macro_rules! for_each_store_of_tickets {
    ($($name:ident),+) => {
        mod local {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Arc::new(super::LocalTickets::default())).await;
            })+
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Arc::new(super::RedisTickets::new(super::connect(&super::url()).await))).await;
            })+
        }
    };
}

for_each_store_of_tickets!(
    a_ticket_is_redeemed_by_one_of_many_at_once,
    a_ticket_ends_with_its_life_and_none_is_made_by_asking
);
