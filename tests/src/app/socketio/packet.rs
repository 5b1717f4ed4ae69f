use serde_json::Value;

use super::Said;

/// The namespace of a packet of Socket.IO without attachments, and what it says.
pub(super) fn read(packet: &str) -> (String, Said) {
    let (kind, rest) = packet.split_at(1);
    let (namespace, rest) = match rest.split_once(',') {
        Some((namespace, rest)) if namespace.starts_with('/') => (namespace, rest),
        _ => ("/", rest),
    };
    let (ack, json) = rest.split_at(rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len()));
    let payload: Value = serde_json::from_str(json).unwrap_or_default();
    let mut arguments = payload.as_array().cloned().unwrap_or_default();
    let said = match kind {
        "0" => Said::Welcome(payload),
        "1" => Said::Dismissed,
        "2" => {
            let name = arguments.remove(0);
            Said::Event(name.as_str().unwrap().to_owned(), arguments)
        }
        "3" => Said::Acknowledged(ack.parse().unwrap(), arguments),
        "4" => Said::Refused(payload["message"].as_str().unwrap().to_owned()),
        _ => panic!("an unknown packet: {packet}"),
    };
    (namespace.to_owned(), said)
}
