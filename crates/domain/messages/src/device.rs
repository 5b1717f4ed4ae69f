use std::fmt;

use tenon_kernel::Invalid;

/// One of a user's devices: 1 for the first one registered, counted for each user and never given twice.
///
/// 0 stands for the simple public key, which every client of a user may hold: what is for device 0 reaches every device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(u32);

impl DeviceId {
    /// Whoever holds the simple public key.
    pub const SIMPLE: Self = Self(0);

    /// # Errors
    ///
    /// `out_of_range` above 2,147,483,647, which is the most that both databases keep in an integer.
    pub fn new(number: u64) -> Result<Self, Invalid> {
        match u32::try_from(number) {
            Ok(number) if i32::try_from(number).is_ok() => Ok(Self(number)),
            Ok(_) | Err(_) => Err(Invalid::new("out_of_range", "Must be between 0 and 2147483647.")),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether it is no device of its own.
    pub const fn is_simple(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_a_number_that_both_databases_keep() {
        assert_eq!(DeviceId::new(2_147_483_647).unwrap().get(), 2_147_483_647);
        assert_eq!(DeviceId::new(2_147_483_648).unwrap_err().code, "out_of_range");
        assert!(DeviceId::new(0).unwrap().is_simple());
    }
}
