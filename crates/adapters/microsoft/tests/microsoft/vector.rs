//! What `tests/vectors/make.sh` made.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tenon_graph::{Certificate, EncryptedContent};
use zeroize::Zeroizing;

pub const RESOURCE: &str = include_str!("../vectors/resource.json");

pub fn vector() -> Value {
    serde_json::from_str(include_str!("../vectors/rich.json")).unwrap()
}

pub fn certificate() -> Certificate {
    let vector = vector();
    Certificate {
        id: "vector".to_owned(),
        thumbprint: text(&vector["encryptedContent"]["encryptionCertificateThumbprint"]).to_uppercase(),
        private_key: Zeroizing::new(bytes(&vector["privateKey"])),
    }
}

pub fn content() -> EncryptedContent {
    let content = &vector()["encryptedContent"];
    EncryptedContent {
        data: text(&content["data"]),
        data_signature: text(&content["dataSignature"]),
        data_key: text(&content["dataKey"]),
        certificate_id: text(&content["encryptionCertificateId"]),
        certificate_thumbprint: text(&content["encryptionCertificateThumbprint"]),
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}
