use std::str::FromStr;

use sha2::{Digest, Sha256};
use tenon_kernel::{Timestamp, UserId, Version};

use crate::DeviceId;

/// What a line of the key log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// The user has another simple public key.
    PublicKey,
    /// The user has one more device.
    DeviceAdded,
    /// The user has one device less.
    DeviceRemoved,
}

/// The text names no kind of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of key change")]
pub struct UnknownLogKind;

impl LogKind {
    /// The name in the API, in the database and in the hash.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublicKey => "public-key",
            Self::DeviceAdded => "device-added",
            Self::DeviceRemoved => "device-removed",
        }
    }
}

impl FromStr for LogKind {
    type Err = UnknownLogKind;

    fn from_str(text: &str) -> Result<Self, UnknownLogKind> {
        match text {
            "public-key" => Ok(Self::PublicKey),
            "device-added" => Ok(Self::DeviceAdded),
            "device-removed" => Ok(Self::DeviceRemoved),
            _ => Err(UnknownLogKind),
        }
    }
}

/// The place of a line in its user's log, from 1 on and without holes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineNumber(pub u64);

/// What happened to a user's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    pub kind: LogKind,
    /// [`DeviceId::SIMPLE`] for the simple public key.
    pub device: DeviceId,
    /// That of the simple public key; 0 where devices changed, whose keys never do.
    pub version: Version,
    /// The simple public key; or identity key and agreement key of a device that was added; none of one that was removed.
    pub keys: Vec<[u8; 32]>,
    /// When it happened.
    pub at: Timestamp,
}

/// A line of a user's key log. Each holds the hash of the one before, so that whoever remembers one knows all that led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLogLine {
    pub number: LineNumber,
    pub entry: LogEntry,
    /// The hash of the line before; of the first, [`genesis`].
    pub previous: [u8; 32],
    pub hash: [u8; 32],
}

/// What the first line of a user's log has before it: SHA-256 of `tenon.v1 key log ` and the 16 bytes of the user's id.
pub fn genesis(user: UserId) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"tenon.v1 key log ")
        .chain_update(user.as_bytes())
        .finalize()
        .into()
}

impl KeyLogLine {
    /// The line that follows the one with this number and this hash.
    pub fn after(last: LineNumber, previous: [u8; 32], entry: LogEntry) -> Self {
        let number = LineNumber(last.0.saturating_add(1));
        let hash = hash(previous, number, &entry);
        Self {
            number,
            entry,
            previous,
            hash,
        }
    }

    /// The first line of a user's log.
    pub fn first(user: UserId, entry: LogEntry) -> Self {
        Self::after(LineNumber(0), genesis(user), entry)
    }
}

/// SHA-256 of the hash before, the number (64 bits), the length of the kind (8 bits) and the kind, the device (32 bits), the version
/// (64 bits), the number of keys (8 bits) and the keys, and the time in microseconds since 1970 (64 bits, signed), all
/// big-endian.
fn hash(previous: [u8; 32], number: LineNumber, entry: &LogEntry) -> [u8; 32] {
    let kind = entry.kind.as_str().as_bytes();
    let mut hash = Sha256::new()
        .chain_update(previous)
        .chain_update(number.0.to_be_bytes())
        .chain_update([short(kind.len())])
        .chain_update(kind)
        .chain_update(entry.device.get().to_be_bytes())
        .chain_update(entry.version.get().to_be_bytes())
        .chain_update([short(entry.keys.len())]);
    for key in &entry.keys {
        hash.update(key);
    }
    hash.update(entry.at.as_micros().to_be_bytes());
    hash.finalize().into()
}

fn short(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use tenon_kernel::Id;

    use super::*;

    fn hex(bytes: [u8; 32]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn user() -> UserId {
        "0198c0de-0000-7000-8000-000000000000".parse().unwrap()
    }

    fn entry(kind: LogKind, device: u64, keys: &[u8]) -> LogEntry {
        LogEntry {
            kind,
            device: DeviceId::new(device).unwrap(),
            version: Version::new(3),
            keys: keys.iter().map(|byte| [*byte; 32]).collect(),
            at: Timestamp::from_micros(1_767_225_599_000_042),
        }
    }

    /// The values are those of a few lines of Python with `hashlib` and `struct`.
    #[test]
    fn lines_have_the_hashes_that_others_compute() {
        let first = KeyLogLine::first(user(), entry(LogKind::PublicKey, 0, &[7]));
        assert_eq!(
            hex(first.previous),
            "c15dba69508fa795bb3506b693aacaf0b347122288a56c6e76b60e7178b66657"
        );
        assert_eq!(
            (first.number, hex(first.hash).as_str()),
            (
                LineNumber(1),
                "d939d0829ccc545fd291f9ba9a5661a2e6b7b5ed261dbee4b0435a09fad6c0eb"
            )
        );
        let second = KeyLogLine::after(first.number, first.hash, entry(LogKind::DeviceAdded, 5, &[8, 9]));
        assert_eq!(second.previous, first.hash);
        assert_eq!(
            (second.number, hex(second.hash).as_str()),
            (
                LineNumber(2),
                "c748c617c170c225f4c4e7b168f6bfe5d021e52d424ac969b228691aaf5b17bd"
            )
        );
        let third = KeyLogLine::after(second.number, second.hash, entry(LogKind::DeviceRemoved, 5, &[]));
        assert_eq!(
            (third.number, hex(third.hash).as_str()),
            (
                LineNumber(3),
                "e5e0743bf9a5e57d52a6fefd4900ca1e50d73376841439b9726e55ce75a121e5"
            )
        );
    }

    #[test]
    fn logs_of_two_users_have_nothing_in_common() {
        assert_ne!(genesis(user()), genesis(Id::at(Timestamp::from_micros(7))));
    }

    #[test]
    fn kinds_read_back() {
        for kind in [LogKind::PublicKey, LogKind::DeviceAdded, LogKind::DeviceRemoved] {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("device".parse::<LogKind>(), Err(UnknownLogKind));
    }
}
