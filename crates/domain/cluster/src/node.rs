use std::fmt;

use tenon_kernel::{Invalid, line};

use crate::NodeAddress;

/// What the operator calls a node: one line of 1 to 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeName(String);

impl NodeName {
    /// The longest name, in characters.
    pub const MAX: usize = 64;

    /// # Errors
    ///
    /// `required`, `too_long`, `invalid_characters`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, Self::MAX).map(Self)
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that the installation needs or serves, and that instances look after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub name: NodeName,
    pub address: NodeAddress,
}

impl Node {
    /// Reads `name=address`.
    ///
    /// # Errors
    ///
    /// `invalid_node` without `=`, and those of [`NodeName::parse`] and [`NodeAddress::parse`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let missing = || Invalid::new("invalid_node", "Must be a name and an address: printer=10.0.0.7:9100.");
        let (name, address) = text.split_once('=').ok_or_else(missing)?;
        Ok(Self {
            name: NodeName::parse(name)?,
            address: NodeAddress::parse(address.trim())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_a_name_and_an_address() {
        let node = Node::parse(" gate = http://gate.example:8080/health?of=a=b ").unwrap();
        assert_eq!(node.name.as_str(), "gate");
        assert_eq!(node.address.to_string(), "http://gate.example:8080/health?of=a=b");
    }

    #[test]
    fn what_lacks_a_part_is_no_node() {
        for (text, code) in [
            ("gate", "invalid_node"),
            ("=10.0.0.7:9100", "required"),
            ("gate=", "invalid_address"),
            ("ga\0te=10.0.0.7:9100", "invalid_characters"),
        ] {
            assert_eq!(Node::parse(text).unwrap_err().code, code, "{text}");
        }
        let long = format!("{}=10.0.0.7:9100", "n".repeat(65));
        assert_eq!(Node::parse(&long).unwrap_err().code, "too_long");
    }
}
