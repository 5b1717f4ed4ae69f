use tenon_simulator::{Forgery, Lifecycle, Order, Subscription};

/// After so many posts it begins anew, with another forgery.
const ROUND: usize = 12;

/// What is posted of itself: mostly single changes, and now and then all that a webhook has to bear.
#[derive(Default)]
pub struct Programme {
    step: usize,
}

impl Programme {
    /// What comes next, to each subscription in turn; nothing while there is none.
    pub fn next(&mut self, subscriptions: &[Subscription]) -> Option<Order> {
        let subscription = subscriptions.get(self.step.checked_rem(subscriptions.len())?)?;
        let (round, step) = (self.step / ROUND, self.step % ROUND);
        self.step += 1;
        let order = Order {
            subscription: Some(subscription.id.clone()),
            change: Some(subscription.change(self.step)),
            ..Order::default()
        };
        Some(match step {
            3 => Order { tellings: 3, ..order },
            5 => Order { copies: 2, ..order },
            7 => Order {
                count: 20,
                batch: 20,
                change: None,
                ..order
            },
            9 => Order {
                forgery: forgery(subscription, round),
                ..order
            },
            11 => Order {
                lifecycle: Some(event(round)),
                change: None,
                ..order
            },
            _ => order,
        })
    }
}

/// One after the other, as far as the subscription lets them show.
fn forgery(subscription: &Subscription, round: usize) -> Option<Forgery> {
    let possible = Forgery::ALL
        .into_iter()
        .filter(|forgery| subscription.include_resource_data || !forgery.needs_resource_data());
    possible.cycle().nth(round)
}

const fn event(round: usize) -> Lifecycle {
    if round.is_multiple_of(2) {
        Lifecycle::ReauthorizationRequired
    } else {
        Lifecycle::Missed
    }
}
