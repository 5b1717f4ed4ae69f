use diesel::QueryResult;
use tenon_messages::DeviceId;

use super::sound;

/// The number of a device in its column. Both databases keep it in an integer with a sign, which every device fits into.
pub fn device_number(device: DeviceId) -> i32 {
    i32::try_from(device.get()).unwrap_or(i32::MAX)
}

/// The device of a number that was stored.
pub fn device_id(number: i32) -> QueryResult<DeviceId> {
    sound(DeviceId::new(sound(number.try_into())?))
}
