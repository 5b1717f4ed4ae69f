use std::net::IpAddr;

/// What a request tells of the device it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The `User-Agent`, cut to 256 characters, without control characters.
    pub user_agent: Option<String>,
    /// The client's address as far as it is known.
    pub address: Option<IpAddr>,
}

impl Device {
    /// Keeps of `user_agent` what can be stored and shown.
    pub fn new(user_agent: Option<&str>, address: Option<IpAddr>) -> Self {
        let user_agent = user_agent.map(|text| text.chars().filter(|c| !c.is_control()).take(256).collect());
        Self { user_agent, address }
    }
}
