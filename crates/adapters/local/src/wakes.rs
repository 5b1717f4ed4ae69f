use std::sync::Arc;

use tenon_kernel::UserId;
use tenon_messages::{Mailman, Wakes};

/// Wakes those who wait for mail on this instance, which is the only one.
pub struct LocalWakes(pub Arc<dyn Mailman>);

impl Wakes for LocalWakes {
    fn wake(&self, users: &[UserId]) {
        users.iter().for_each(|user| self.0.mail(*user));
    }

    fn restock(&self, user: UserId) {
        self.0.stock(user);
    }
}
